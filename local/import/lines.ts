/** Bytes -> lines, in memory that does not grow with the file. */

/** Bytes of a line, at most; longer ones cannot be sent anyway. */
export const LINE_BYTES = 480 * 1024;

const NEWLINE = 0x0a;

export interface Line {
  /** Counted from 1. */
  readonly number: number;
  /** Undefined for a line that is too long or not UTF-8; `problem` says which. */
  readonly text: string | undefined;
  readonly problem?: 'line is too long' | 'line is not UTF-8';
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function decode(number: number, parts: readonly Uint8Array[], bytes: number): Line {
  if (bytes > LINE_BYTES) return { number, text: undefined, problem: 'line is too long' };
  try {
    const text = decoder.decode(parts.length === 1 ? parts[0] : Buffer.concat(parts));
    return { number, text: text.endsWith('\r') ? text.slice(0, -1) : text };
  } catch {
    return { number, text: undefined, problem: 'line is not UTF-8' };
  }
}

/** Lines without their ends; a last line without an end counts too. The same for any cut into chunks. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let number = 0;
  let parts: Uint8Array[] = [];
  let bytes = 0;
  const keep = (part: Uint8Array): void => {
    bytes += part.length;
    if (bytes > LINE_BYTES) parts = [];
    else if (part.length > 0) parts.push(part);
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      keep(chunk.subarray(from, end));
      yield decode(++number, parts, bytes);
      parts = [];
      bytes = 0;
      from = end + 1;
    }
    keep(chunk.subarray(from));
  }
  if (bytes > 0) yield decode(++number, parts, bytes);
}
