/**
 * Framing of a stream record: a JSON header and any number of byte strings.
 *
 *   u32 header length | header | (u32 length | bytes)*      all lengths little-endian
 *
 * Packing all events of one lane into a record is what makes an event cheap: a stream bills per record.
 * Bytes are kept as they came, so that a refused event can be shown and replayed exactly.
 */
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

export class FrameError extends Error {
  readonly code = 'invalid_frame';
}

export interface Packed {
  /** The header as JSON text; its schema is the reader's business. */
  readonly header: string;
  readonly parts: Uint8Array[];
}

/** Joins a header and parts into one record. */
export function pack(header: string, parts: readonly Uint8Array[]): Uint8Array {
  const head = encoder.encode(header);
  let size = 4 + head.length;
  for (const part of parts) size += 4 + part.length;
  const out = new Uint8Array(size);
  const view = new DataView(out.buffer);
  view.setUint32(0, head.length, true);
  out.set(head, 4);
  let at = 4 + head.length;
  for (const part of parts) {
    view.setUint32(at, part.length, true);
    out.set(part, at + 4);
    at += 4 + part.length;
  }
  return out;
}

/**
 * Splits a record; parts are views, not copies.
 * @throws FrameError when lengths do not add up.
 */
export function unpack(record: Uint8Array): Packed {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  const take = (at: number): Uint8Array => {
    if (at + 4 > record.length) throw new FrameError('frame header is cut off');
    const end = at + 4 + view.getUint32(at, true);
    if (end > record.length) throw new FrameError('frame is cut off');
    return record.subarray(at + 4, end);
  };
  const head = take(0);
  const parts: Uint8Array[] = [];
  for (let at = 4 + head.length; at < record.length; ) {
    const part = take(at);
    parts.push(part);
    at += 4 + part.length;
  }
  return { header: decoder.decode(head), parts };
}
