/** The map's reads and writes as policy statements: one per resource, exact actions, no wildcard. */
import { Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import {
  type EndpointName,
  entryOf,
  type FolderName,
  type FunctionName,
  type TableName,
} from '../functions/chain.ts';
import { type Use, usesOf } from '../functions/uses.ts';
import type { DataStack } from './data-stack.ts';

/** What the adapters call. Nothing in the chain scans a whole table. */
const tableActions = {
  read: ['dynamodb:BatchGetItem', 'dynamodb:Query'],
  write: ['dynamodb:BatchWriteItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
} as const;

const consumeActions = [
  'kinesis:DescribeStream',
  'kinesis:DescribeStreamSummary',
  'kinesis:GetRecords',
  'kinesis:GetShardIterator',
  'kinesis:ListShards',
];

/** Under which Lambda writes what was given up on. */
const FAILURES = 'aws/lambda';

const watchActions = ['kinesis:GetRecords', 'kinesis:GetShardIterator', 'kinesis:ListShards'];

/** What a use of a resource asks of the key that encrypts it. */
const keyActions = {
  dynamodb: {
    read: ['kms:Decrypt', 'kms:DescribeKey'],
    write: [
      'kms:Decrypt',
      'kms:DescribeKey',
      'kms:Encrypt',
      'kms:GenerateDataKey',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
    ],
  },
  kinesis: { read: ['kms:Decrypt'], write: ['kms:GenerateDataKey'] },
  s3: { read: ['kms:Decrypt'], write: ['kms:GenerateDataKey'] },
  secretsmanager: { read: ['kms:Decrypt'], write: [] },
} as const;

type Service = keyof typeof keyActions;

const allow = (
  sid: string,
  actions: readonly string[],
  resources: string[],
  conditions?: Record<string, unknown>,
): PolicyStatement =>
  new PolicyStatement({
    sid,
    effect: Effect.ALLOW,
    actions: [...actions],
    resources,
    ...(conditions ? { conditions } : {}),
  });

export interface Granted {
  readonly statements: readonly PolicyStatement[];
  /** Accepted findings of cdk-nag: id -> reason. */
  readonly findings: Readonly<Record<string, string>>;
}

/** Collects statements, the key actions they imply, and the findings of cdk-nag that they cause. */
class Grants {
  readonly statements: PolicyStatement[] = [];
  readonly findings: Record<string, string> = {};
  readonly #data: DataStack;
  readonly #key = new Map<Service, Set<string>>();

  constructor(data: DataStack) {
    this.#data = data;
  }

  add(service: Service, use: 'read' | 'write', ...statements: PolicyStatement[]): void {
    this.statements.push(...statements);
    const known = this.#key.get(service) ?? new Set<string>();
    for (const action of keyActions[service][use]) known.add(action);
    this.#key.set(service, known);
  }

  /** The objects below a prefix, which no policy can name but with a star at the end. */
  objects(bucket: Bucket, prefix: string, reason: string): string[] {
    const imported = this.#data.resolve(this.#data.exportValue(bucket.bucketArn));
    const name = String(imported['Fn::ImportValue']);
    this.findings[`AwsSolutions-IAM5[Resource::${name}/${prefix}/*]`] = reason;
    return [bucket.arnForObjects(`${prefix}/*`)];
  }

  /** The key may be used through the named services alone, never directly. */
  finish(): Granted {
    const { region } = Stack.of(this.#data);
    const keys = [...this.#key].map(([service, actions]) =>
      allow(`Key${service}`, [...actions].sort(), [this.#data.key.keyArn], {
        StringEquals: { 'kms:ViaService': `${service}.${region}.amazonaws.com` },
      }),
    );
    return { statements: [...this.statements, ...keys], findings: this.findings };
  }
}

/** Where a folder lies: failures in a bucket of their own, because Lambda names what it writes there. */
const placeOf = (data: DataStack, name: FolderName): readonly [Bucket, string] =>
  name === 'failures' ? [data.failures, FAILURES] : [data.lake, name];

function grantFolder(grants: Grants, data: DataStack, name: FolderName, use: Use): void {
  const [bucket, prefix] = placeOf(data, name);
  const objects = grants.objects(bucket, prefix, `The map gives this function the folder ${name}.`);
  if (use.reads) {
    grants.add('s3', 'read', allow(`Read${name}`, ['s3:GetObject'], objects));
    // By listing, the adapter tells a missing object from a forbidden one.
    const within = { StringLike: { 's3:prefix': [`${prefix}/*`] } };
    grants.add('s3', 'read', allow(`List${name}`, ['s3:ListBucket'], [bucket.bucketArn], within));
  }
  if (!use.writes) return;
  grants.add('s3', 'write', allow(`Write${name}`, ['s3:PutObject'], objects));
  // Who both reads and writes a folder keeps it tidy; who only writes can destroy nothing but by overwriting.
  if (use.reads) grants.add('s3', 'write', allow(`Delete${name}`, ['s3:DeleteObject'], objects));
}

function grantTable(grants: Grants, data: DataStack, name: TableName, use: Use): void {
  const { tableArn } = data.tables[name];
  const indexed = [tableArn, `${tableArn}/index/index`];
  if (use.reads) grants.add('dynamodb', 'read', allow(`Read${name}`, tableActions.read, indexed));
  if (use.writes) grants.add('dynamodb', 'write', allow(`Write${name}`, tableActions.write, [tableArn]));
}

/** With what the names of SageMaker's endpoints begin; they come and go with the models they serve. */
export const endpointPrefix = (data: DataStack): string => data.stackName.replace(/-data$/, '');

function grantEndpoint(grants: Grants, data: DataStack, name: EndpointName): void {
  const resource = Stack.of(data).formatArn({
    service: 'sagemaker',
    resource: 'endpoint',
    resourceName: `${endpointPrefix(data)}-*-${name}`,
  });
  grants.findings[
    `AwsSolutions-IAM5[Resource::arn:aws:sagemaker:${Stack.of(data).region}:<AWS::AccountId>:endpoint/${endpointPrefix(data)}-*-${name}]`
  ] = 'Every tenant has an endpoint of its own.';
  grants.statements.push(allow(`Ask${name}`, ['sagemaker:InvokeEndpoint'], [resource]));
}

/** What a function may do with data: its trigger's stream, its reads, its writes, the secret. */
export function grantsOf(name: FunctionName, data: DataStack): Granted {
  const grants = new Grants(data);
  const { trigger } = entryOf(name);
  if (trigger.kind === 'stream') {
    const { streamArn } = data.streams[trigger.stream];
    grants.add('kinesis', 'read', allow(`Consume${trigger.stream}`, consumeActions, [streamArn]));
    // Lambda delivers the records it gives up on with the function's own rights.
    const { bucketArn } = data.failures;
    const given = grants.objects(data.failures, FAILURES, 'Lambda chooses the names below this prefix.');
    grants.add('s3', 'write', allow('GiveUp', ['s3:PutObject'], given));
    grants.add('s3', 'write', allow('GiveUpCheck', ['s3:ListBucket'], [bucketArn]));
  }
  const uses = usesOf(name);
  for (const [table, use] of uses.tables) grantTable(grants, data, table, use);
  for (const [folder, use] of uses.folders) grantFolder(grants, data, folder, use);
  for (const [stream, use] of uses.streams) {
    const { streamArn } = data.streams[stream];
    if (use.reads) grants.add('kinesis', 'read', allow(`Watch${stream}`, watchActions, [streamArn]));
    if (use.writes) {
      grants.add('kinesis', 'write', allow(`Write${stream}`, ['kinesis:PutRecords'], [streamArn]));
    }
  }
  for (const endpoint of uses.endpoints.keys()) grantEndpoint(grants, data, endpoint);
  const secret = allow('Secret', ['secretsmanager:GetSecretValue'], [data.secret.secretArn]);
  grants.add('secretsmanager', 'read', secret);
  return grants.finish();
}
