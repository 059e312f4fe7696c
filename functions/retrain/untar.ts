/** Reads plain files out of an archive in the ustar format (POSIX.1-1988), or GNU's or Python's kin of it. */

const BLOCK = 512;
const [NAME, SIZE, KIND] = [0, 124, 156];
/** Both mark a plain file. */
const plain = ['0', '\0'];

/** By name, without a leading `./`; folders and links are passed over. @throws RangeError for an archive that ends early. */
export function untar(archive: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const text = (from: number, to: number): string =>
    new TextDecoder().decode(archive.subarray(from, to)).replace(/\0.*$/s, '');
  for (let at = 0; at < archive.length && archive[at] !== 0; ) {
    const size = Number.parseInt(text(at + SIZE, at + SIZE + 12).trim() || '0', 8);
    const [from, to] = [at + BLOCK, at + BLOCK + size];
    if (!(to <= archive.length)) throw new RangeError('the archive ends within a file');
    const kind = String.fromCharCode(archive[at + KIND] ?? 0);
    if (plain.includes(kind))
      files.set(text(at + NAME, at + 100).replace(/^\.\//, ''), archive.subarray(from, to));
    at = to + (-size & (BLOCK - 1));
  }
  return files;
}
