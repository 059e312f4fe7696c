/**
 * Framing of a stream record: a JSON header and any number of byte strings.
 *
 *   u32 header length | header | (u32 length | bytes)*      all lengths little-endian
 *
 * Packing all events of one lane into a record is what makes an event cheap: a stream bills per record.
 * Bytes are kept as they came, so that a refused event can be shown and replayed exactly.
 */
const decoder = new TextDecoder('utf-8', { fatal: true });

export class FrameError extends Error {
  readonly code = 'invalid_frame';
}

export interface Packed {
  /** The header as JSON text; its schema is the reader's business. */
  readonly header: string;
  readonly parts: Uint8Array[];
}

/** Joins a header and parts into one record; texts are written as UTF-8. */
export function pack(header: string, parts: readonly (Uint8Array | string)[]): Uint8Array {
  const sizes = [header, ...parts].map(sizeOf);
  // Not cleared first: every byte is written below.
  const out = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + 4 + size, 0));
  let at = 0;
  [header, ...parts].forEach((part, i) => {
    const size = sizes[i] ?? 0;
    at = out.writeUInt32LE(size, at);
    if (typeof part === 'string') out.write(part, at);
    else out.set(part, at);
    at += size;
  });
  return out;
}

/** Of a record that was just begun; most of a quiet hour stay below. */
const FIRST_BYTES = 4096;
/** UTF-8 takes at most so many bytes for a unit of a text's length. */
const WIDEST = 3;

/** Makes records part by part. What was added is bytes at once: texts that wait would be carried about by the garbage collector. */
export class FrameWriter {
  readonly #header: string;
  #out = Buffer.allocUnsafe(FIRST_BYTES);
  #end = 0;

  constructor(header: string) {
    this.#header = header;
  }

  /** Adds bytes, or a text to be written as UTF-8; returns how many bytes that is. */
  add(part: Uint8Array | string): number {
    if (this.#end === 0) this.#write(this.#header);
    return this.#write(part);
  }

  /** The record; undefined when nothing was added since the one before. */
  take(): Uint8Array | undefined {
    if (this.#end === 0) return undefined;
    const record = Buffer.from(this.#out.subarray(0, this.#end));
    this.#end = 0;
    return record;
  }

  #write(part: Uint8Array | string): number {
    const start = this.#end + 4;
    this.#makeRoom(start + (typeof part === 'string' ? part.length * WIDEST : part.length));
    if (typeof part !== 'string') this.#out.set(part, start);
    const size = typeof part === 'string' ? this.#out.write(part, start) : part.length;
    this.#out.writeUInt32LE(size, this.#end);
    this.#end = start + size;
    return size;
  }

  #makeRoom(bytes: number): void {
    if (bytes <= this.#out.length) return;
    const larger = Buffer.allocUnsafe(Math.max(bytes, this.#out.length * 2));
    this.#out.copy(larger, 0, 0, this.#end);
    this.#out = larger;
  }
}

/** Bytes of a part once it is packed. */
const sizeOf = (part: Uint8Array | string): number =>
  typeof part === 'string' ? Buffer.byteLength(part) : part.length;

/** The header alone. @throws FrameError when lengths do not add up. */
export const headerOf = (record: Uint8Array): string => decoder.decode(taker(record)(0));

/** Reads the byte string whose length stands at a place. */
function taker(record: Uint8Array): (at: number) => Uint8Array {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  return (at) => {
    if (at + 4 > record.length) throw new FrameError('frame header is cut off');
    const end = at + 4 + view.getUint32(at, true);
    if (end > record.length) throw new FrameError('frame is cut off');
    return record.subarray(at + 4, end);
  };
}

/**
 * Splits a record; parts are views, not copies.
 * @throws FrameError when lengths do not add up.
 */
export function unpack(record: Uint8Array): Packed {
  const take = taker(record);
  const head = take(0);
  const parts: Uint8Array[] = [];
  for (let at = 4 + head.length; at < record.length; ) {
    const part = take(at);
    parts.push(part);
    at += 4 + part.length;
  }
  return { header: decoder.decode(head), parts };
}
