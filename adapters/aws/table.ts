/** A table in DynamoDB. */
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type DynamoDBClient,
  DynamoDBServiceException,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { WellspringError } from '../../domain/errors.ts';
import type { Clock, Item, Key, Page, Table, Write, WriteResult } from '../../domain/ports.ts';
import {
  type Attributes,
  fromCursor,
  INDEX,
  keyAttributes,
  toCursor,
  toItem,
  valueAttributes,
} from './item.ts';
import { chunksOf, inParallel, type Pauses, realPauses, untilTaken } from './retry.ts';

/** What one call may carry. */
const GET_KEYS = 100;
const DELETE_KEYS = 25;
const CALLS_AT_ONCE = 32;

type Listing = { readonly limit?: number; readonly cursor?: string };
type Found = { Items?: Attributes[] | undefined; LastEvaluatedKey?: Attributes | undefined };

export class AwsTable implements Table {
  readonly #client: DynamoDBClient;
  readonly #name: string;
  readonly #clock: Clock;
  readonly #pauses: Pauses;

  constructor(options: { client: DynamoDBClient; name: string; clock: Clock; pauses?: Pauses }) {
    this.#client = options.client;
    this.#name = options.name;
    this.#clock = options.clock;
    this.#pauses = options.pauses ?? realPauses;
  }

  async get(keys: readonly Key[], options: { consistent?: boolean } = {}): Promise<(Item | undefined)[]> {
    const found = new Map<string, Item>();
    await inParallel(chunksOf(distinct(keys), GET_KEYS), CALLS_AT_ONCE, async (chunk) => {
      const left = await untilTaken(
        chunk.map(keyAttributes),
        (open) => this.#getOnce(open, options.consistent ?? false, found),
        this.#pauses,
      );
      if (left.length > 0) throw throttled();
    });
    return keys.map((key) => found.get(nameOf(key)));
  }

  /** Adds what it reads to `found`; returns the keys that the service left out. */
  async #getOnce(
    keys: readonly Attributes[],
    consistent: boolean,
    found: Map<string, Item>,
  ): Promise<Attributes[]> {
    const request = { [this.#name]: { Keys: [...keys], ConsistentRead: consistent } };
    const { Responses, UnprocessedKeys } = await guard(
      this.#client.send(new BatchGetItemCommand({ RequestItems: request })),
    );
    for (const item of this.#alive(Responses?.[this.#name])) found.set(nameOf(item), item);
    return UnprocessedKeys?.[this.#name]?.Keys ?? [];
  }

  /** The writes of one call go out side by side, so each item may occur in it once. */
  put(writes: readonly Write[]): Promise<WriteResult[]> {
    return inParallel(writes, CALLS_AT_ONCE, (write) =>
      write.expect === undefined ? this.#set(write) : this.#putIf(write, write.expect),
    );
  }

  async #putIf(write: Write, expect: number): Promise<WriteResult> {
    const version = expect + 1;
    const command = new PutItemCommand({
      TableName: this.#name,
      Item: { ...keyAttributes(write), v: { N: `${version}` }, ...valueAttributes(write) },
      ConditionExpression:
        expect === 0
          ? 'attribute_not_exists(pk) OR #ttl <= :now'
          : 'v = :expect AND (attribute_not_exists(#ttl) OR #ttl > :now)',
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: {
        ':now': { N: `${this.#seconds()}` },
        ...(expect === 0 ? {} : { ':expect': { N: `${expect}` } }),
      },
    });
    try {
      await this.#client.send(command);
      return { outcome: 'written', version };
    } catch (error) {
      // After a repeat by the client, the item that stands in the way may be the one we wrote.
      const refused =
        error instanceof DynamoDBServiceException && error.name === 'ConditionalCheckFailedException';
      if (refused && (error.$metadata.attempts ?? 1) === 1) return { outcome: 'conflict' };
      throw unavailable(error);
    }
  }

  /** An update, not a put: the version counts on from what is there. */
  async #set(write: Write): Promise<WriteResult> {
    const value = valueAttributes(write);
    const names = Object.keys(value);
    const absent = ['gpk', 'gsk', 'ttl'].filter((name) => value[name] === undefined);
    const command = new UpdateItemCommand({
      TableName: this.#name,
      Key: keyAttributes(write),
      UpdateExpression: [
        `SET v = if_not_exists(v, :zero) + :one, ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
        ...(absent.length > 0 ? [`REMOVE ${absent.map((name) => `#${name}`).join(', ')}`] : []),
      ].join(' '),
      ExpressionAttributeNames: Object.fromEntries([...names, ...absent].map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ':zero': { N: '0' },
        ':one': { N: '1' },
        ...Object.fromEntries(Object.entries(value).map(([name, v]) => [`:${name}`, v])),
      },
      ReturnValues: 'UPDATED_NEW',
    });
    const { Attributes: updated } = await guard(this.#client.send(command));
    return { outcome: 'written', version: Number(updated?.['v']?.N) };
  }

  async delete(keys: readonly Key[]): Promise<void> {
    await inParallel(chunksOf(distinct(keys), DELETE_KEYS), CALLS_AT_ONCE, async (chunk) => {
      const requests = chunk.map((key) => ({ DeleteRequest: { Key: keyAttributes(key) } }));
      const left = await untilTaken(
        requests,
        async (open) => {
          const command = new BatchWriteItemCommand({ RequestItems: { [this.#name]: [...open] } });
          const { UnprocessedItems } = await guard(this.#client.send(command));
          const names = new Set(UnprocessedItems?.[this.#name]?.map((r) => keyText(r.DeleteRequest?.Key)));
          return open.filter((request) => names.has(keyText(request.DeleteRequest.Key)));
        },
        this.#pauses,
      );
      if (left.length > 0) throw throttled();
    });
  }

  /** Sees every earlier write. */
  query(query: Listing & { pk: string; prefix?: string }): Promise<Page<Item>> {
    const prefixed = query.prefix !== undefined && query.prefix !== '';
    return this.#query(query, {
      KeyConditionExpression: prefixed ? 'pk = :pk AND begins_with(sk, :prefix)' : 'pk = :pk',
      ExpressionAttributeValues: {
        ':pk': { S: query.pk },
        ...(prefixed ? { ':prefix': { S: query.prefix ?? '' } } : {}),
      },
      ConsistentRead: true,
    });
  }

  /** Follows the table with a short delay, as every index of DynamoDB. */
  queryIndex(query: Listing & { index: string }): Promise<Page<Item>> {
    return this.#query(query, {
      IndexName: INDEX,
      KeyConditionExpression: 'gpk = :index',
      ExpressionAttributeValues: { ':index': { S: query.index } },
    });
  }

  async #query(listing: Listing, input: Omit<QueryCommandInput, 'TableName'>): Promise<Page<Item>> {
    const command = new QueryCommand({ TableName: this.#name, ...input, ...range(listing) });
    return this.#page(await guard(this.#client.send(command)));
  }

  async scan(query: Listing): Promise<Page<Item>> {
    const command = new ScanCommand({ TableName: this.#name, ConsistentRead: true, ...range(query) });
    return this.#page(await guard(this.#client.send(command)));
  }

  #page({ Items, LastEvaluatedKey }: Found): Page<Item> {
    const items = this.#alive(Items);
    return LastEvaluatedKey ? { items, cursor: toCursor(LastEvaluatedKey) } : { items };
  }

  /** The service deletes expired items up to days later. */
  #alive(found: readonly Attributes[] = []): Item[] {
    const now = this.#seconds();
    return found.map(toItem).filter((item) => item.expiresAt === undefined || item.expiresAt > now);
  }

  #seconds(): number {
    return Math.floor(this.#clock.now() / 1000);
  }
}

const nameOf = ({ pk, sk }: Key): string => `${pk}\u0000${sk}`;
const keyText = (key: Attributes | undefined): string =>
  nameOf({ pk: key?.['pk']?.S ?? '', sk: key?.['sk']?.S ?? '' });
const distinct = (keys: readonly Key[]): Key[] => [
  ...new Map(keys.map((key) => [nameOf(key), key])).values(),
];

const range = ({ limit, cursor }: Listing) => ({
  ...(limit === undefined ? {} : { Limit: limit }),
  ...(cursor === undefined ? {} : { ExclusiveStartKey: fromCursor(cursor) }),
});

const unavailable = (cause: unknown): WellspringError =>
  new WellspringError('table_unavailable', 'the table did not answer as expected', { cause });
const throttled = (): WellspringError => new WellspringError('table_unavailable', 'the table throttles');

async function guard<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw unavailable(error);
  }
}
