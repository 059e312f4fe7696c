/**
 * A write that names itself by `Idempotency-Key` happens once: a repeat within a day gets the first answer. While the
 * first still runs a repeat is told so; a name used for another body is refused.
 */
import { hash } from 'node:crypto';
import * as z from 'zod/mini';
import { repliesIndex } from '../../domain/access/replies.ts';
import type { Item, Key, Table } from '../../domain/ports.ts';
import type { HttpReply, HttpRequest } from '../http.ts';
import type { Caller } from './caller.ts';
import { Refused } from './replies.ts';

const KEEP_SECONDS = 86_400;
/** A first try that has been silent for longer than any request may last has died. */
const DEAD_MS = 60_000;

const kept = z.object({
  /** Digest of what was asked. */
  asked: z.string(),
  at: z.number(),
  reply: z.optional(
    z.object({ status: z.number(), headers: z.record(z.string(), z.string()), body: z.string() }),
  ),
});
type Kept = z.output<typeof kept>;

export interface Once {
  readonly table: Table;
  readonly caller: Caller;
  readonly request: HttpRequest;
  readonly now: number;
}

/** @throws Refused `idempotency_conflict` or `idempotency_in_progress`, and what `handle` throws. */
export async function once(options: Once, handle: () => Promise<HttpReply>): Promise<HttpReply> {
  const { table, caller, request, now } = options;
  const name = request.headers['idempotency-key'];
  if (name === undefined) return handle();
  if (name.length === 0 || name.length > 128) throw new Refused('invalid_idempotency_key');
  const key: Place = {
    pk: `${caller.tenant}#once#${caller.id}`,
    sk: hash('sha256', name, 'hex'),
    index: repliesIndex(caller.tenant),
  };
  const asked = hash(
    'sha256',
    Buffer.concat([Buffer.from(target(request)), Buffer.from(request.body)]),
    'hex',
  );
  const [known] = await table.get([key], { consistent: true });
  const before = known && kept.parse(JSON.parse(new TextDecoder().decode(known.data)));
  if (before && before.asked !== asked) throw new Refused('idempotency_conflict');
  if (before?.reply) return before.reply;
  if (before && now - before.at < DEAD_MS) throw new Refused('idempotency_in_progress');
  await claim({ table, key, known }, { asked, at: now });
  const reply = await handle().catch(async (error: unknown) => {
    await table.delete([key]);
    throw error;
  });
  if (typeof reply.body === 'string') {
    const { status, headers, body } = reply;
    await table.put([write(key, { asked, at: now, reply: { status, headers: { ...headers }, body } })]);
  }
  return reply;
}

const target = ({ method, path, query }: HttpRequest): string => `${method} ${path}?${query}\n`;

/** The index is where an erasure looks for what repeats would be told. */
interface Place extends Key {
  readonly index: string;
}

const write = (key: Place, value: Kept) => ({
  ...key,
  data: new TextEncoder().encode(JSON.stringify(value)),
  expiresAt: Math.ceil(value.at / 1000) + KEEP_SECONDS,
});

async function claim(
  { table, key, known }: { table: Table; key: Place; known: Item | undefined },
  value: Kept,
): Promise<void> {
  const [result] = await table.put([{ ...write(key, value), expect: known?.version ?? 0 }]);
  if (result?.outcome !== 'written') throw new Refused('idempotency_in_progress');
}
