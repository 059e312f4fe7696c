/** One entry of the map as a Lambda function with its rights, variables, log and trigger. */
import { Duration, RemovalPolicy, Size, Tags } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type Code,
  type ILayerVersion,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { entryOf, type FunctionName, type NativePackage } from '../functions/chain.ts';
import { variables } from '../functions/settings.ts';
import { usesOf } from '../functions/uses.ts';
import { acknowledge } from './acknowledge.ts';
import type { DataStack } from './data-stack.ts';
import { endpointPrefix, grantsOf } from './grants.ts';
import type { StageSettings } from './settings.ts';

export interface ChainFunctionProps {
  readonly data: DataStack;
  readonly settings: StageSettings;
  readonly code: Code;
  /** Packages with machine code, for functions that the map gives them to. */
  readonly layers: Readonly<Record<NativePackage, ILayerVersion>>;
}

/** Scratch space of functions that read and write Parquet files. */
const NATIVE_DISK = Size.gibibytes(2);

export class ChainFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, name: FunctionName, props: ChainFunctionProps) {
    super(scope, name);
    const { data, settings } = props;
    const entry = entryOf(name);
    const logGroup = new LogGroup(this, 'Log', {
      retention: settings.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(
      new PolicyStatement({
        sid: 'Log',
        effect: Effect.ALLOW,
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    const { statements, findings } = grantsOf(name, data);
    for (const statement of statements) role.addToPolicy(statement);
    acknowledge(role, {
      ...findings,
      'AwsSolutions-IAM5[Resource::*]': 'Traces belong to no resource: X-Ray takes them for * alone.',
    });
    this.function = new LambdaFunction(this, 'Function', {
      description: entry.does,
      runtime: Runtime.NODEJS_24_X,
      architecture: entry.native ? Architecture.X86_64 : Architecture.ARM_64,
      handler: 'index.handler',
      code: props.code,
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      tracing: Tracing.ACTIVE,
      memorySize: settings.memoryMb[name] ?? entry.memoryMb,
      timeout: Duration.seconds(entry.timeoutSeconds),
      environment: environmentOf(name, data),
      ...(entry.native && {
        layers: entry.native.map((layer) => props.layers[layer]),
        ephemeralStorageSize: NATIVE_DISK,
      }),
    });
    acknowledge(this.function, {
      'Serverless-LambdaDLQ':
        entry.trigger.kind === 'schedule'
          ? 'The failure destination keeps the call and its error, which a dead-letter queue does not.'
          : 'Only called synchronously: the caller learns of every failure.',
    });
    Tags.of(this).add('function', name);
  }
}

/** Names of what the function may touch; nothing else reaches its environment. */
function environmentOf(name: FunctionName, data: DataStack): Record<string, string> {
  const environment: Record<string, string> = { [variables.secret]: data.secret.secretArn };
  const uses = usesOf(name);
  for (const stream of uses.streams.keys())
    environment[variables.stream(stream)] = data.streams[stream].streamName;
  for (const table of uses.tables.keys()) environment[variables.table(table)] = data.tables[table].tableName;
  if (uses.folders.size > 0) environment[variables.lake] = data.lake.bucketName;
  if (uses.folders.has('failures')) environment[variables.failures] = data.failures.bucketName;
  if (entryOf(name).outlasts) environment[variables.heldHours] = String(data.heldHours);
  for (const endpoint of uses.endpoints.keys())
    environment[variables.endpoint(endpoint)] = endpointPrefix(data);
  return environment;
}
