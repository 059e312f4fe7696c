/** Who may log in to the console: a user pool with a group per role. People get their tenant from an administrator. */
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import {
  CfnUserPoolGroup,
  ClientAttributes,
  FeaturePlan,
  Mfa,
  OAuthScope,
  StandardThreatProtectionMode,
  StringAttribute,
  UserPool,
  type UserPoolClient,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { roles } from '../domain/access/roles.ts';
import type { ConsoleSite } from './console-site.ts';
import type { StageSettings } from './settings.ts';

export interface ConsoleLoginProps {
  readonly site: ConsoleSite;
  readonly settings: StageSettings;
}

export class ConsoleLogin extends Construct {
  readonly pool: UserPool;
  readonly client: UserPoolClient;
  readonly authorizer: HttpJwtAuthorizer;
  readonly url: string;

  constructor(scope: Construct, id: string, { site, settings }: ConsoleLoginProps) {
    super(scope, id);
    this.pool = new UserPool(this, 'People', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      // Only administrators write it: it decides whose data somebody sees.
      customAttributes: { tenant: new StringAttribute({ mutable: true, minLen: 1, maxLen: 64 }) },
      mfa: Mfa.REQUIRED,
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireSymbols: true,
        requireUppercase: true,
      },
      featurePlan: FeaturePlan.PLUS,
      standardThreatProtectionMode: StandardThreatProtectionMode.FULL_FUNCTION,
      deletionProtection: !settings.throwAway,
      removalPolicy: settings.throwAway ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    });
    for (const role of roles) {
      new CfnUserPoolGroup(this, role, { userPoolId: this.pool.userPoolId, groupName: role });
    }
    const { account, region, stackName } = Stack.of(this);
    const domain = this.pool.addDomain('Domain', {
      cognitoDomain: { domainPrefix: `${stackName.replace(/-chain$/, '')}-${account}` },
    });
    this.client = this.pool.addClient('Console', {
      generateSecret: false,
      preventUserExistenceErrors: true,
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.EMAIL],
        callbackUrls: [`${site.url}/`],
        logoutUrls: [`${site.url}/`],
      },
      readAttributes: new ClientAttributes()
        .withStandardAttributes({ email: true })
        .withCustomAttributes('tenant'),
      writeAttributes: new ClientAttributes().withStandardAttributes({ email: true }),
      idTokenValidity: Duration.hours(1),
      accessTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.hours(12),
    });
    this.url = `https://${domain.domainName}.auth.${region}.amazoncognito.com`;
    const issuer = `https://cognito-idp.${region}.amazonaws.com/${this.pool.userPoolId}`;
    this.authorizer = new HttpJwtAuthorizer('People', issuer, {
      jwtAudience: [this.client.userPoolClientId],
    });
  }
}
