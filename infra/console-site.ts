/** Where people open the console: files from a private bucket, and the HTTP API under the same name. */
import { Duration, Fn, RemovalPolicy } from 'aws-cdk-lib';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HttpVersion,
  OriginRequestPolicy,
  PriceClass,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { pageHeaders } from '../web/hosting.ts';
import { acknowledge } from './acknowledge.ts';
import type { ChainApi } from './http-api.ts';
import type { StageSettings } from './settings.ts';

/** Addresses inside a page, such as `/people/ada`, are its own affair. `/me/` is another page. */
const toPage = `function handler(event) {
  var request = event.request;
  if (!/\\.[a-z0-9]+$/.test(request.uri)) request.uri = /^\\/me(\\/|$)/.test(request.uri) ? '/me/index.html' : '/index.html';
  return request;
}`;

export interface ConsoleSiteProps {
  readonly api: ChainApi;
  readonly settings: StageSettings;
}

export class ConsoleSite extends Construct {
  readonly bucket: Bucket;
  readonly distribution: Distribution;
  readonly url: string;

  constructor(scope: Construct, id: string, { api, settings }: ConsoleSiteProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Pages', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const origin = new HttpOrigin(Fn.select(2, Fn.split('/', api.url)));
    const asked = {
      origin,
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
    };
    this.distribution = new Distribution(this, 'Distribution', {
      comment: `Wellspring console`,
      defaultRootObject: 'index.html',
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(this.bucket as IBucket),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy: this.#headers(settings),
        functionAssociations: [
          {
            eventType: FunctionEventType.VIEWER_REQUEST,
            function: new EdgeFunction(this, 'ToPage', {
              code: FunctionCode.fromInline(toPage),
              runtime: FunctionRuntime.JS_2_0,
            }),
          },
        ],
      },
      additionalBehaviors: { '/api/*': asked, '/console/api/*': asked },
    });
    this.url = `https://${this.distribution.distributionDomainName}`;
    this.#acknowledge();
  }

  #headers({ region }: StageSettings): ResponseHeadersPolicy {
    // The page asks the login for its token; everything else is its own host.
    const policy = pageHeaders['content-security-policy'].replace(
      "connect-src 'self'",
      `connect-src 'self' https://*.auth.${region}.amazoncognito.com`,
    );
    return new ResponseHeadersPolicy(this, 'Headers', {
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy: policy, override: true },
        contentTypeOptions: { override: true },
        strictTransportSecurity: {
          accessControlMaxAge: Duration.days(365),
          includeSubdomains: true,
          override: true,
        },
      },
      customHeadersBehavior: {
        customHeaders: (['referrer-policy', 'cross-origin-opener-policy'] as const).map((header) => ({
          header,
          value: pageHeaders[header],
          override: true,
        })),
      },
    });
  }

  #acknowledge(): void {
    acknowledge(this.bucket, {
      'AwsSolutions-S1': 'It holds public program files alone; CloudFront is its only reader.',
    });
    acknowledge(this.distribution, {
      'AwsSolutions-CFR1': 'Shops have staff everywhere.',
      'AwsSolutions-CFR2':
        'Files are public and the API asks for a token; a firewall is for those who need one.',
      'AwsSolutions-CFR3': 'Paths carry ids of people; the API keeps an audit log that names nobody.',
      'AwsSolutions-CFR4':
        "The name is CloudFront's own, whose certificate fixes the protocol; bring a domain to choose.",
    });
  }
}
