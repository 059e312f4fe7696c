import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { entryOf, type FunctionName, functionNames } from '../../functions/chain.ts';
import { type Grant, Synthesised } from './template.ts';

const root = join(import.meta.dirname, '../..');
const prod = new Synthesised('prod');

const title = (name = ''): string => name.charAt(0).toUpperCase() + name.slice(1);
const listing = (folder: string): string => JSON.stringify({ StringLike: { 's3:prefix': [`${folder}/*`] } });
const via = (service: string): string =>
  JSON.stringify({ StringEquals: { 'kms:ViaService': `${service}.eu-west-1.amazonaws.com` } });

/** Lambda writes what was given up on into a bucket of its own. */
const placeOf = (folder: string): [bucket: string, folder: string] =>
  folder === 'failures' ? ['Failures.Arn', 'aws/lambda'] : ['Lake.Arn', folder];

/** What the map says a function may do with data, in the words of policies. The key is checked apart. */
function expected(name: FunctionName): Grant[] {
  const { reads, writes, trigger } = entryOf(name);
  const grants: Grant[] = [
    { action: 'logs:CreateLogStream', resource: `${name}Log.Arn` },
    { action: 'logs:PutLogEvents', resource: `${name}Log.Arn` },
    { action: 'xray:PutTraceSegments', resource: '*' },
    { action: 'xray:PutTelemetryRecords', resource: '*' },
    { action: 'secretsmanager:GetSecretValue', resource: 'Secret' },
  ];
  const add = (actions: string[], ...resources: string[]): void => {
    for (const action of actions) for (const resource of resources) grants.push({ action, resource });
  };
  for (const resource of reads) {
    const [kind, item = ''] = resource.split(':');
    const arn = `${title(item)}.Arn`;
    if (kind === 'table') add(['dynamodb:BatchGetItem', 'dynamodb:Query'], arn, `${arn}/index/index`);
    if (kind === 'stream') {
      add(['kinesis:GetRecords', 'kinesis:GetShardIterator', 'kinesis:ListShards'], arn);
    }
    if (kind === 'endpoint') {
      const endpoint = `arn:aws:sagemaker:eu-west-1:AWS::AccountId:endpoint/wellspring-prod-*-${item}`;
      add(['sagemaker:InvokeEndpoint'], endpoint);
    }
    if (kind !== 'folder') continue;
    const [bucket, folder] = placeOf(item);
    add(['s3:GetObject'], `${bucket}/${folder}/*`);
    grants.push({ action: 's3:ListBucket', resource: bucket, condition: listing(folder) });
    if (writes.includes(resource)) add(['s3:DeleteObject'], `${bucket}/${folder}/*`);
  }
  for (const resource of writes) {
    const [kind, item = ''] = resource.split(':');
    const arn = `${title(item)}.Arn`;
    if (kind === 'table') add(['dynamodb:BatchWriteItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], arn);
    if (kind === 'stream') add(['kinesis:PutRecords'], arn);
    if (kind === 'folder') add(['s3:PutObject'], `${placeOf(item).join('/')}/*`);
  }
  if (trigger.kind === 'stream') {
    const read = ['DescribeStream', 'DescribeStreamSummary', 'GetRecords', 'GetShardIterator', 'ListShards'];
    add(
      read.map((action) => `kinesis:${action}`),
      `${title(trigger.stream)}.Arn`,
    );
    add(['s3:PutObject'], 'Failures.Arn/aws/lambda/*');
    add(['s3:ListBucket'], 'Failures.Arn');
  }
  if (trigger.kind === 'schedule') {
    add(['sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'], 'Undelivered.Arn');
  }
  return grants;
}

const sorted = (grants: readonly Grant[]): string[] =>
  grants.map(({ action, resource, condition = '' }) => `${action} ${resource} ${condition}`).sort();

describe.each(functionNames)('%s', (name) => {
  const granted = prod.grants(`${name}Role`);

  it('may do what the map says and nothing else', () => {
    const data = granted.filter(({ action }) => !action.startsWith('kms:'));
    expect(sorted(data)).toEqual(sorted(expected(name)));
  });

  it('may use the key through the services it uses and never directly', () => {
    const keys = granted.filter(({ action }) => action.startsWith('kms:'));
    const services = new Set(expected(name).map(({ action }) => action.split(':')[0] ?? ''));
    const encrypted = ['dynamodb', 'kinesis', 's3', 'secretsmanager'].filter((service) =>
      services.has(service),
    );
    expect(new Set(keys.map(({ condition }) => condition))).toEqual(new Set(encrypted.map(via)));
    expect(new Set(keys.map(({ resource }) => resource))).toEqual(new Set(['Key.Arn']));
  });

  it('has no wildcard action, and no wildcard resource but the ends of folders, tenants and X-Ray', () => {
    const wild = granted.filter(({ action, resource }) => `${action}${resource}`.includes('*'));
    const justified = wild.filter(
      ({ action, resource }) =>
        !action.includes('*') &&
        (action.startsWith('xray:') ||
          resource.endsWith('/*') ||
          // Every tenant has an endpoint of its own.
          /:endpoint\/wellspring-prod-\*-\w+$/.test(resource)),
    );
    expect(wild).toEqual(justified);
  });
});

it('the policies hold the action of every call that the adapters make', () => {
  const special: Record<string, string> = {
    DeleteObjects: 's3:DeleteObject',
    ListObjectsV2: 's3:ListBucket',
  };
  const granted = new Set(
    functionNames.flatMap((name) => prod.grants(`${name}Role`)).map(({ action }) => action),
  );
  const bare = new Set([...granted].map((action) => action.split(':')[1]));
  const folder = join(root, 'adapters/aws');
  const sources = readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.includes('.test.'));
  const commands = sources.flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/new (\w+)Command\(/g)].map(
      ([, name = '']) => name,
    ),
  );
  expect(commands.length).toBeGreaterThan(5);
  const missing = [...new Set(commands)].filter((command) => {
    const action = special[command];
    return command !== 'Scan' && !(action === undefined ? bare.has(command) : granted.has(action));
  });
  expect(missing).toEqual([]);
});

it('no function scans a table, so none is granted it', () => {
  const files = readdirSync(join(root, 'functions'), { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => file.endsWith('.ts') && !file.includes('.test.'));
  const scanning = sources.filter((file) =>
    /\.scan\(/.test(readFileSync(join(root, 'functions', file), 'utf8')),
  );
  expect(scanning).toEqual([]);
});

it('what scores and what answers may ask a model, and nobody else', () => {
  const asking = functionNames.filter((name) =>
    prod.grants(`${name}Role`).some(({ action }) => action === 'sagemaker:InvokeEndpoint'),
  );
  expect(asking.sort()).toEqual(['api', 'score']);
  const policies = [prod.data, prod.chain].flatMap((stack) => prod.all(stack, 'AWS::IAM::Policy'));
  const texts = policies.map(([, { Properties }]) => JSON.stringify(Properties));
  expect(texts.filter((text) => text.includes('InvokeEndpoint'))).toHaveLength(asking.length);
});
