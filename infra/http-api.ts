/** One HTTP API for every route of the map, throttled, with an access log that names nobody. */
import { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { HttpTrigger } from '../functions/chain.ts';
import { acknowledge } from './acknowledge.ts';
import type { ConsoleLogin } from './console-login.ts';
import type { StageSettings } from './settings.ts';

/** No address, path or query: paths and queries carry keys and ids, and an address is a person's. */
const accessLog = {
  requestId: '$context.requestId',
  time: '$context.requestTimeEpoch',
  route: '$context.routeKey',
  status: '$context.status',
  bytes: '$context.responseLength',
  ms: '$context.responseLatency',
  integrationMs: '$context.integrationLatency',
  error: '$context.error.messageString',
};

function readMethod(text: string): HttpMethod {
  const method = Object.values(HttpMethod).find((known) => known === text);
  if (!method) throw new Error(`The map names the method ${text}, which API Gateway does not know.`);
  return method;
}

export class ChainApi extends Construct {
  readonly api: HttpApi;
  readonly stage: HttpStage;
  readonly url: string;

  constructor(scope: Construct, id: string, settings: StageSettings) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', { description: 'Wellspring', createDefaultStage: false });
    const logGroup = new LogGroup(this, 'Log', {
      retention: settings.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      detailedMetricsEnabled: true,
      throttle: { rateLimit: settings.requests.perSecond, burstLimit: settings.requests.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup),
        format: AccessLogFormat.custom(JSON.stringify(accessLog)),
      },
    });
    this.url = this.api.apiEndpoint;
    acknowledge(this, {
      'AwsSolutions-APIG4': 'Write keys and secret keys are checked in the functions, per source.',
    });
  }

  /**
   * Sends `METHOD /path` routes to a function. API Gateway has no route that ends in a slash: a function with
   * such a route gets every request that no other route takes, and answers 404 to what it does not know.
   */
  addRoutes(target: LambdaFunction, { routes, people = [] }: HttpTrigger, login: ConsoleLogin): void {
    const integration = new HttpLambdaIntegration('Integration', target);
    for (const route of people) {
      const [method = '', path = ''] = route.split(' ');
      const authorizer = login.authorizer;
      this.api.addRoutes({ path, methods: [readMethod(method)], integration, authorizer });
    }
    for (const route of routes) {
      const [method = '', path = ''] = route.split(' ');
      if (!path.endsWith('/')) {
        this.api.addRoutes({ path, methods: [readMethod(method)], integration });
        continue;
      }
      new HttpRoute(this, 'Default', { httpApi: this.api, routeKey: HttpRouteKey.DEFAULT, integration });
    }
  }
}
