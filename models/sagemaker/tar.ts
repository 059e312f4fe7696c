/** Archives in the ustar format (POSIX.1-1988): plain files only, with no trace of who made them, or when. */

const BLOCK = 512;
/** Room for a path, bytes. The format could split longer ones; nothing here has any. */
const PATH = 100;
/** Eleven octal digits. */
const LARGEST = 8 ** 11 - 1;

/** The same files in the same order give the same bytes. @throws RangeError for a path or a file that does not fit. */
export function tar(files: readonly { readonly path: string; readonly data: Uint8Array }[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { path, data } of files) {
    parts.push(header(path, data.length), data, new Uint8Array(-data.length & (BLOCK - 1)));
  }
  // Two empty blocks end an archive.
  parts.push(new Uint8Array(2 * BLOCK));
  return joined(parts);
}

function header(path: string, size: number): Uint8Array {
  const name = new TextEncoder().encode(path);
  if (name.length === 0 || name.length > PATH) throw new RangeError(`the path ${path} does not fit a header`);
  if (size > LARGEST) throw new RangeError(`${path} is too large for the format`);
  const block = new Uint8Array(BLOCK);
  const put = (at: number, text: string): void => block.set(new TextEncoder().encode(text), at);
  block.set(name, 0);
  put(100, '0000644\0');
  put(108, '0000000\0');
  put(116, '0000000\0');
  put(124, `${size.toString(8).padStart(11, '0')}\0`);
  put(136, '00000000000\0');
  // The sum is taken with its own field full of spaces.
  put(148, ' '.repeat(8));
  put(156, '0');
  put(257, 'ustar\0');
  put(263, '00');
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return block;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
