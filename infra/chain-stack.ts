/** What may be redeployed at any time: functions, their triggers, the HTTP API, alarms and dashboard. */
import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Architecture, Code, type EventSourceMapping, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import {
  entryOf,
  type FunctionName,
  functionNames,
  type NativePackage,
  type WorkflowName,
} from '../functions/chain.ts';
import { acknowledge } from './acknowledge.ts';
import { ChainFunction } from './chain-function.ts';
import { ConsoleLogin } from './console-login.ts';
import { ConsoleSite } from './console-site.ts';
import { addDashboard } from './dashboard.ts';
import type { DataStack } from './data-stack.ts';
import { endpointPrefix } from './grants.ts';
import { ChainApi } from './http-api.ts';
import { Alarms, addAlarms } from './observe.ts';
import { addModelAlarms } from './observe-models.ts';
import { Workflow } from './retrain.ts';
import type { RunningChain } from './running-chain.ts';
import type { StageSettings } from './settings.ts';
import { addSchedule, addStream } from './triggers.ts';

/** The built code. Tests pass inline code, so that they need no build. */
export interface BuiltCode {
  readonly of: (name: FunctionName) => Code;
  /** A package with machine code, for Linux on x86-64. */
  readonly layer: (name: NativePackage) => Code;
}

export interface ChainStackProps extends StackProps {
  readonly data: DataStack;
  readonly settings: StageSettings;
  readonly code: BuiltCode;
}

export class ChainStack extends Stack implements RunningChain {
  readonly functions = new Map<FunctionName, ChainFunction>();
  readonly mappings = new Map<FunctionName, EventSourceMapping>();
  readonly workflows = new Map<WorkflowName, IStateMachine>();
  readonly api: ChainApi;
  readonly site: ConsoleSite;
  readonly login: ConsoleLogin;
  /** Scheduled calls that could not be delivered or kept failing. */
  readonly undelivered: Queue;

  constructor(scope: Construct, id: string, props: ChainStackProps) {
    super(scope, id, props);
    const { data, settings, code } = props;
    this.undelivered = new Queue(this, 'Undelivered', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(this.undelivered, {
      'AwsSolutions-SQS3': 'This is the dead-letter queue.',
      'Serverless-SQSRedrivePolicy': 'This is the dead-letter queue.',
    });
    this.api = new ChainApi(this, 'Http', settings);
    this.site = new ConsoleSite(this, 'Console', { api: this.api, settings });
    this.login = new ConsoleLogin(this, 'Login', { site: this.site, settings });
    const layer = (title: string, name: NativePackage): LayerVersion =>
      new LayerVersion(this, title, {
        description: `${name} for Linux on x86-64`,
        code: code.layer(name),
        compatibleRuntimes: [Runtime.NODEJS_24_X],
        compatibleArchitectures: [Architecture.X86_64],
      });
    const layers = { duckdb: layer('DuckDb', 'duckdb'), onnxruntime: layer('OnnxRuntime', 'onnxruntime') };
    for (const name of functionNames) {
      const made = new ChainFunction(this, name, { data, settings, code: code.of(name), layers });
      this.functions.set(name, made);
      this.#connect(name, made, data, settings);
    }
    const alarms = new Alarms(this, 'Alarms', { settings, key: data.key, undelivered: this.undelivered });
    addAlarms(this, alarms, settings);
    if (settings.serving)
      for (const tenant of settings.retrain) addModelAlarms(alarms, endpointPrefix(data), tenant);
    addDashboard(this, data);
    new CfnOutput(this, 'Url', { value: this.api.url, description: 'Where tags and SDKs send events.' });
    new CfnOutput(this, 'ConsoleUrl', {
      value: this.site.url,
      description: 'Where people open the console.',
    });
    new CfnOutput(this, 'PagesBucket', {
      value: this.site.bucket.bucketName,
      description: 'Bucket that the console is published to.',
    });
    new CfnOutput(this, 'LoginUrl', { value: this.login.url, description: 'Where people log in.' });
    new CfnOutput(this, 'LoginClient', {
      value: this.login.client.userPoolClientId,
      description: 'The console, as the login knows it.',
    });
    new CfnOutput(this, 'UserPool', {
      value: this.login.pool.userPoolId,
      description: 'Who may log in: make people here, with a tenant and a group.',
    });
    new CfnOutput(this, 'SourcesTable', {
      value: data.tables.sources.tableName,
      description: 'Table that holds the keys of sources.',
    });
  }

  #connect(name: FunctionName, made: ChainFunction, data: DataStack, settings: StageSettings): void {
    const { trigger } = entryOf(name);
    switch (trigger.kind) {
      case 'http':
        return this.api.addRoutes(made.function, trigger, this.login);
      case 'stream':
        this.mappings.set(name, addStream(made, made.function, trigger, data));
        return undefined;
      case 'schedule':
        return addSchedule(made, made.function, trigger, this.undelivered);
      case 'workflow': {
        const { undelivered } = this;
        const workflow = new Workflow(this, 'Retraining', {
          target: made.function,
          settings,
          data,
          undelivered,
        });
        this.workflows.set(trigger.workflow, workflow.machine);
        return undefined;
      }
    }
  }
}
