import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, it } from 'vitest';
import { AwsTable } from './table.ts';

const keys = [
  { pk: 'a', sk: '1' },
  { pk: 'a', sk: '2' },
];
const stored = (sk: string) => ({
  pk: { S: 'a' },
  sk: { S: sk },
  v: { N: '3' },
  d: { B: new Uint8Array([0, 9]) },
});

function open() {
  const client = new DynamoDBClient({ region: 'eu-central-1' });
  const pauses: number[] = [];
  const sleep = async (ms: number): Promise<void> => void pauses.push(ms);
  const table = new AwsTable({
    client,
    name: 't',
    clock: { now: () => 0 },
    pauses: { sleep, random: () => 0.5 },
  });
  return { mock: mockClient(client), table, pauses };
}

const conflictAfter = (attempts: number): ConditionalCheckFailedException =>
  new ConditionalCheckFailedException({ message: 'condition', $metadata: { attempts } });

it('asks again for keys that the service left out, and gives up after a while', async () => {
  const { mock, table, pauses } = open();
  const left = { t: { Keys: [{ pk: { S: 'a' }, sk: { S: '2' } }] } };
  mock
    .on(BatchGetItemCommand)
    .resolvesOnce({ Responses: { t: [stored('1')] }, UnprocessedKeys: left })
    .resolvesOnce({ Responses: { t: [stored('2')] } })
    .resolves({ UnprocessedKeys: left });
  expect((await table.get(keys)).map((item) => item?.sk)).toEqual(['1', '2']);
  expect(pauses).toEqual([50]);
  await expect(table.get(keys)).rejects.toMatchObject({ code: 'table_unavailable', retryable: true });
});

it('deletes again what the service left out', async () => {
  const { mock, table } = open();
  const left = { t: [{ DeleteRequest: { Key: { pk: { S: 'a' }, sk: { S: '2' } } } }] };
  mock.on(BatchWriteItemCommand).resolvesOnce({ UnprocessedItems: left }).resolves({});
  await table.delete(keys);
  const sent = mock.commandCalls(BatchWriteItemCommand).map((call) => call.args[0].input.RequestItems);
  expect(sent.map((items) => items?.['t']?.length)).toEqual([2, 1]);
  mock.on(BatchWriteItemCommand).resolves({ UnprocessedItems: left });
  await expect(table.delete(keys)).rejects.toMatchObject({ code: 'table_unavailable' });
});

it('calls a failed condition a conflict, unless an earlier attempt of the same call may have written', async () => {
  const { mock, table } = open();
  const write = { pk: 'a', sk: '1', data: new Uint8Array([1]), expect: 2 };
  mock.on(PutItemCommand).rejectsOnce(conflictAfter(1)).rejectsOnce(conflictAfter(2));
  expect(await table.put([write])).toEqual([{ outcome: 'conflict' }]);
  await expect(table.put([write])).rejects.toMatchObject({ code: 'table_unavailable' });
});

it('reports a write of unknown outcome as table_unavailable', async () => {
  const { mock, table } = open();
  const cause = new Error('socket hang up');
  mock.on(PutItemCommand).rejects(cause);
  const write = { pk: 'a', sk: '1', data: new Uint8Array([1]), expect: 0 };
  await expect(table.put([write])).rejects.toMatchObject({ code: 'table_unavailable', cause });
});

it('writes side by side, but not all at once', async () => {
  const { mock, table } = open();
  let running = 0;
  let most = 0;
  mock.on(PutItemCommand).callsFake(async () => {
    most = Math.max(most, ++running);
    await new Promise(setImmediate);
    running--;
    return {};
  });
  const writes = Array.from({ length: 100 }, (_, i) => ({
    pk: 'a',
    sk: `${i}`,
    data: new Uint8Array([1]),
    expect: 0,
  }));
  expect(await table.put(writes)).toHaveLength(100);
  expect(most).toBe(32);
});
