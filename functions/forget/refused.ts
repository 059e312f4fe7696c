/** Events that were refused, could not be read, or were given up on: those that name the person are taken out. */
import * as z from 'zod/mini';
import { pack, unpack } from '../../events/packed.ts';
import type { Left } from './files.ts';
import type { Marks } from './marks.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const entrySchema = z.looseObject({ original: z.string() });

/** Lines of quarantine: the original bytes count, and what else the entry says. */
export function withoutRefused(data: Uint8Array, marks: Marks): Left {
  const lines = decoder
    .decode(data)
    .split('\n')
    .filter((line) => line !== '');
  const kept = lines.filter((line) => {
    const { original, ...entry } = entrySchema.parse(JSON.parse(line));
    return !(marks.inBytes(Buffer.from(original, 'base64')) || marks.inText(JSON.stringify(entry)));
  });
  const text = kept.map((line) => `${line}\n`).join('');
  return { rows: lines.length - kept.length, data: kept.length > 0 ? encoder.encode(text) : undefined };
}

/** A frame of parts; bytes that are none are one part. */
export function withoutParts(data: Uint8Array, marks: Marks): Left {
  const { header, parts } = partsOf(data);
  const kept = parts.filter((part) => !marks.inBytes(part));
  return { rows: parts.length - kept.length, data: kept.length > 0 ? pack(header, kept) : undefined };
}

const EMPTY = '{"version":1}';

function partsOf(data: Uint8Array): { header: string; parts: readonly Uint8Array[] } {
  try {
    return unpack(data);
  } catch {
    return { header: EMPTY, parts: [data] };
  }
}

const recordSchema = z.looseObject({ kinesis: z.looseObject({ data: z.string() }) });
const failureSchema = z.looseObject({ payload: z.string() });
const payloadSchema = z.looseObject({ Records: z.array(recordSchema) });

/** How a host writes the data of a record. */
export interface RecordCoding {
  decode(data: Uint8Array): Uint8Array;
  encode(data: Uint8Array): Uint8Array;
}

/** An invocation that was given up: its records stay, without the parts that name the person. */
export function withoutFailed(data: Uint8Array, marks: Marks, coding: RecordCoding): Left {
  const failure = failureSchema.parse(JSON.parse(decoder.decode(data)));
  const payload = payloadSchema.parse(JSON.parse(failure.payload));
  let rows = 0;
  const records = payload.Records.map((record) => {
    const left = withoutParts(coding.decode(Buffer.from(record.kinesis.data, 'base64')), marks);
    if (left.rows === 0) return record;
    rows += left.rows;
    const bytes = Buffer.from(coding.encode(left.data ?? pack(EMPTY, [])));
    return { ...record, kinesis: { ...record.kinesis, data: bytes.toString('base64') } };
  });
  if (rows === 0) return { rows };
  const text = JSON.stringify({ ...failure, payload: JSON.stringify({ ...payload, Records: records }) });
  return { rows, data: encoder.encode(text) };
}
