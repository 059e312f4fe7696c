/**
 * Typed arrays and a JSON head as bytes: "WSN1", the length of the head, the head (padded to 4 bytes), the arrays. The
 * same values give the same bytes. Little-endian.
 */
import * as z from 'zod/mini';
import { WellspringError } from '../../domain/errors.ts';

const MAGIC = 0x314e5357;
const headSchema = z.object({
  kind: z.string(),
  about: z.unknown(),
  arrays: z.record(z.string(), z.tuple([z.enum(['i32', 'f32', 'u8']), z.int()])),
});
type Head = z.infer<typeof headSchema>;
type Packed = Int32Array | Float32Array | Uint8Array;

const typeOf = (array: Packed): 'i32' | 'f32' | 'u8' =>
  array instanceof Int32Array ? 'i32' : array instanceof Float32Array ? 'f32' : 'u8';
const padded = (bytes: number): number => Math.ceil(bytes / 4) * 4;

/** `about`: what JSON can hold. */
export function pack(kind: string, about: unknown, arrays: Readonly<Record<string, Packed>>): Uint8Array {
  const head: Head = {
    kind,
    about,
    arrays: Object.fromEntries(
      Object.entries(arrays).map(([name, array]) => [name, [typeOf(array), array.length]]),
    ),
  };
  const json = new TextEncoder().encode(JSON.stringify(head));
  const sizes = Object.values(arrays).map((array) => padded(array.byteLength));
  const out = new Uint8Array(8 + padded(json.length) + sizes.reduce((a, b) => a + b, 0));
  const view = new DataView(out.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, json.length, true);
  out.set(json, 8);
  let at = 8 + padded(json.length);
  Object.values(arrays).forEach((array, i) => {
    out.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += sizes[i] ?? 0;
  });
  return out;
}

/** Arrays of packed bytes, by name and type. */
export interface Unpacked {
  readonly about: unknown;
  readonly ints: (name: string) => Int32Array;
  readonly floats: (name: string) => Float32Array;
  readonly bytes: (name: string) => Uint8Array;
}

const broken = (kind: string, what: string): WellspringError =>
  new WellspringError('refused', `not a packed ${kind}: ${what}`);

/** @throws WellspringError `refused` for bytes that are not a whole `kind`. */
export function unpack(kind: string, bytes: Uint8Array): Unpacked {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8 || view.getUint32(0, true) !== MAGIC) throw broken(kind, 'it begins otherwise');
  const length = view.getUint32(4, true);
  const head = headOf(kind, bytes.subarray(8, 8 + length));
  const found = new Map<string, Uint8Array<ArrayBuffer>>();
  let at = 8 + padded(length);
  for (const [name, [type, count]] of Object.entries(head.arrays)) {
    const size = type === 'u8' ? count : count * 4;
    if (count < 0 || at + size > bytes.length) throw broken(kind, `it ends within ${name}`);
    // A copy, because the bytes may lie at an odd place of a larger buffer; slice() of Node's Buffer makes none.
    found.set(`${type} ${name}`, new Uint8Array(bytes.subarray(at, at + size)));
    at += padded(size);
  }
  const take = (type: string, name: string): Uint8Array<ArrayBuffer> => {
    const array = found.get(`${type} ${name}`);
    if (!array) throw broken(kind, `it has no ${name}`);
    return array;
  };
  return {
    about: head.about,
    ints: (name) => new Int32Array(take('i32', name).buffer),
    floats: (name) => new Float32Array(take('f32', name).buffer),
    bytes: (name) => take('u8', name),
  };
}

function headOf(kind: string, bytes: Uint8Array): Head {
  let head: Head;
  try {
    head = headSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw new WellspringError('refused', `not a packed ${kind}: its head cannot be read`, { cause });
  }
  if (head.kind !== kind) throw broken(kind, `it is a ${head.kind}`);
  return head;
}
