/** An item of a table as DynamoDB attributes. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item, Key, Write } from '../../domain/ports.ts';
import { decode, encode } from './compression.ts';

export type Attributes = Record<string, AttributeValue>;

/** Name of the secondary index; its keys are `gpk` and, so that pages come in order, `gsk`. */
export const INDEX = 'index';
const COMPRESS_ABOVE = 1024;

export const keyAttributes = ({ pk, sk }: Key): Attributes => ({ pk: { S: pk }, sk: { S: sk } });

/** Everything of a write but its key and version. `gpk`, `gsk` and `ttl` are absent where the write has none. */
export function valueAttributes(write: Write): Attributes {
  return {
    d: { B: encode(write.data, COMPRESS_ABOVE) },
    ...(write.index === undefined
      ? {}
      : { gpk: { S: write.index }, gsk: { S: `${write.pk}\u0000${write.sk}` } }),
    ...(write.expiresAt === undefined ? {} : { ttl: { N: `${write.expiresAt}` } }),
  };
}

/** @throws TypeError for an item that this adapter did not write. */
export function toItem(attributes: Attributes): Item {
  const { pk, sk, v, d, gpk, ttl } = attributes;
  if (pk?.S === undefined || sk?.S === undefined || v?.N === undefined || d?.B === undefined) {
    throw new TypeError('the table holds an item of another writer');
  }
  return {
    pk: pk.S,
    sk: sk.S,
    version: Number(v.N),
    data: decode(d.B),
    ...(gpk?.S === undefined ? {} : { index: gpk.S }),
    ...(ttl?.N === undefined ? {} : { expiresAt: Number(ttl.N) }),
  };
}

/** A position in a listing as text, and back. All its attributes are texts. */
export function toCursor(position: Attributes): string {
  const texts = Object.entries(position).map(([name, value]) => [name, value.S ?? '']);
  return Buffer.from(JSON.stringify(texts)).toString('base64url');
}

export function fromCursor(cursor: string): Attributes {
  const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  if (!Array.isArray(parsed)) throw new TypeError('not a cursor of this table');
  return Object.fromEntries(
    parsed.map((pair: unknown) => {
      const [name, value]: unknown[] = Array.isArray(pair) ? pair : [];
      return [String(name), { S: String(value) }];
    }),
  );
}
