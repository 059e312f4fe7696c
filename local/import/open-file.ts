/** A file as chunks of bytes, unpacked where it is gzipped. */
import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { WellspringError } from '../../domain/errors.ts';

export interface OpenFile {
  /** Bytes of the file as it lies on disk. */
  readonly size: number;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Bytes read from disk so far. */
  read(): number;
}

function sizeOf(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw new WellspringError('invalid_import', `There is no file ${path}.`);
  if (!stat.isFile()) throw new WellspringError('invalid_import', `${path} is not a file.`);
  return stat.size;
}

/** By its first bytes: names are not to be trusted. */
function isGzip(path: string): boolean {
  const start = Buffer.alloc(2);
  const descriptor = openSync(path, 'r');
  try {
    readSync(descriptor, start);
  } finally {
    closeSync(descriptor);
  }
  return start[0] === 0x1f && start[1] === 0x8b;
}

/** @throws WellspringError `invalid_import` when the file is missing, unreadable or damaged. */
export function openFile(path: string): OpenFile {
  const size = sizeOf(path);
  const gzip = attempt(path, () => isGzip(path));
  const file = createReadStream(path);
  // The consumer meets the error where it reads; the callback only keeps it from being thrown twice.
  const bytes = gzip ? pipeline(file, createGunzip(), () => {}) : file;
  return { size, chunks: guarded(path, bytes), read: () => file.bytesRead };
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new WellspringError('invalid_import', `The file ${path} cannot be read.`, { cause });
  }
}

async function* guarded(path: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = chunks[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await source.next().catch((cause: unknown) => {
        throw new WellspringError(
          'invalid_import',
          `The file ${path} is damaged or cannot be read further.`,
          {
            cause,
          },
        );
      });
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await source.return?.();
  }
}
