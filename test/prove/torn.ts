/** What a power cut leaves of a write that was under way: half a frame behind the last whole one of a write-ahead log. */
import { closeSync, fstatSync, openSync, readdirSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const HEADER_BYTES = 32;
const FRAME_BYTES = 24;

/** Tears the logs of all databases under `folder`, as if each had been amid a commit; returns how many. */
export function tearLogs(folder: string): number {
  const logs = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.name.endsWith('-wal'),
  );
  return logs.filter((entry) => tear(join(entry.parentPath, entry.name))).length;
}

function tear(path: string): boolean {
  const file = openSync(path, 'r+');
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    if (readSync(file, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return false;
    const page = header.readUInt32BE(8);
    const salts = header.subarray(16, 24);
    let end = HEADER_BYTES;
    for (const frame = Buffer.alloc(FRAME_BYTES); end < fstatSync(file).size; end += FRAME_BYTES + page) {
      readSync(file, frame, 0, FRAME_BYTES, end);
      if (!frame.subarray(8, 16).equals(salts)) break;
    }
    // Looks like a commit of page 1 with this log's own salts; only its checksum and its end are missing.
    const half = Buffer.alloc(FRAME_BYTES + (page >> 1), 0xa5);
    half.writeUInt32BE(1, 0);
    half.writeUInt32BE(1, 4);
    salts.copy(half, 8);
    writeSync(file, half, 0, half.length, end);
    return true;
  } finally {
    closeSync(file);
  }
}
