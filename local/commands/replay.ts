/** `wellspring replay --quarantine`: feeds refused events back, as they came or as somebody mended them. */
import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { WellspringError } from '../../domain/errors.ts';
import { ask, queryOf } from '../ask.ts';
import { type Address, type TargetOptions, withTarget } from '../target.ts';

export interface ReplayOptions extends TargetOptions {
  readonly reason?: string;
  readonly day?: string;
  /** NDJSON as `wellspring quarantine` prints it, with `event` or `text` mended. */
  readonly file?: string;
  readonly json: boolean;
}

/** Lines of one request: the API takes 1 MB. */
const LINES = 200;
const BYTES = 900_000;

const countNames = ['replayed', 'corrected', 'repeated', 'incomplete', 'unknown'] as const;
const replySchema = z.object({
  replayed: z.number(),
  corrected: z.number(),
  repeated: z.number(),
  incomplete: z.number(),
  unknown: z.number(),
  cursor: z.optional(z.string()),
});
type Counts = { [N in (typeof countNames)[number]]: number };

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '');
  } catch (cause) {
    throw new WellspringError('invalid_import', `${path} cannot be read.`, { cause });
  }
}

/** Runs of lines that fit into a request. */
function* bodies(lines: readonly string[]): Generator<string> {
  let open: string[] = [];
  let size = 0;
  for (const line of lines) {
    const bytes = Buffer.byteLength(line) + 1;
    if (open.length === LINES || (open.length > 0 && size + bytes > BYTES)) {
      yield open.join('\n');
      open = [];
      size = 0;
    }
    open.push(line);
    size += bytes;
  }
  if (open.length > 0) yield open.join('\n');
}

/** Replays what the file holds. */
async function fromFile(address: Address, file: string, add: (reply: Counts) => void): Promise<void> {
  for (const body of bodies(readLines(file))) {
    add(replySchema.parse(await ask(address, 'POST', '/api/quarantine/replay', body)));
  }
}

/** Replays what is in quarantine. */
async function asStored(
  address: Address,
  options: ReplayOptions,
  add: (reply: Counts) => void,
): Promise<void> {
  const { reason, day } = options;
  let cursor: string | undefined;
  do {
    const path = `/api/quarantine/replay${queryOf({ reason, day, cursor, limit: '1000' })}`;
    const reply = replySchema.parse(await ask(address, 'POST', path));
    add(reply);
    cursor = reply.cursor;
  } while (cursor !== undefined);
}

/** Replays and prints what became of the entries. */
export const replay = (options: ReplayOptions): Promise<void> =>
  withTarget(options, async (target) => {
    const counts: Counts = { replayed: 0, corrected: 0, repeated: 0, incomplete: 0, unknown: 0 };
    const add = (reply: Counts): void => {
      for (const name of countNames) counts[name] += reply[name];
    };
    await (options.file === undefined ? asStored(target, options, add) : fromFile(target, options.file, add));
    const lines = countNames.map(
      (name) => `${name.padEnd(12)}${counts[name].toLocaleString('en-US').padStart(10)}\n`,
    );
    process.stdout.write(options.json ? `${JSON.stringify(counts)}\n` : lines.join(''));
  });
