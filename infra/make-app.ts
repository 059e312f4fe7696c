/** The whole deployment as a value: two stacks per stage, checked by cdk-nag whenever they are synthesised. */
import { App, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { type BuiltCode, ChainStack } from './chain-stack.ts';
import { DataStack } from './data-stack.ts';
import { type Stage, type StageSettings, stages } from './settings.ts';

export interface AppOptions {
  readonly stage: Stage;
  readonly code: BuiltCode;
  /** Where the templates go. @default the folder the CDK's command line asks for */
  readonly outdir?: string;
  /** @default those of the stage */
  readonly settings?: StageSettings;
}

export interface WellspringApp {
  readonly app: App;
  readonly data: DataStack;
  readonly chain: ChainStack;
}

export function makeApp(options: AppOptions): WellspringApp {
  const { stage, code, outdir } = options;
  const settings: StageSettings = options.settings ?? stages[stage];
  const app = new App({
    analyticsReporting: false,
    ...(outdir === undefined ? {} : { outdir }),
    postCliContext: {
      '@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy': true,
      '@aws-cdk/core:enablePartitionLiterals': true,
      // The data stack keeps what the chain stack uses: it refuses to drop a table that a function still reads.
      '@aws-cdk/core:defaultCrossStackReferences': 'strong',
    },
  });
  const account = process.env['CDK_DEFAULT_ACCOUNT'];
  const env = { region: settings.region, ...(account === undefined ? {} : { account }) };
  const data = new DataStack(app, `wellspring-${stage}-data`, {
    env,
    settings,
    description: 'Wellspring: streams, tables, lake and keys',
    terminationProtection: !settings.throwAway,
  });
  const chain = new ChainStack(app, `wellspring-${stage}-chain`, {
    env,
    settings,
    data,
    code,
    description: 'Wellspring: functions, HTTP API, alarms',
  });
  for (const [key, value] of Object.entries({ project: 'wellspring', stage, ...settings.tags })) {
    Tags.of(app).add(key, value);
  }
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  return { app, data, chain };
}
