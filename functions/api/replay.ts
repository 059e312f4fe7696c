/**
 * `POST /api/quarantine/replay`: refused events go through the chain again, under their first receipt time.
 * An event that was replayed before is known by its message id for a day and counts as a duplicate; after that day
 * nothing tells a second replay from a first.
 */
import * as z from 'zod/mini';
import type { Envelope, Quarantined } from '../../events/envelope.ts';
import { streams } from '../chain.ts';
import { LanePacker } from '../lanes.ts';
import { type Correction, readCorrections } from './corrections.ts';
import { described, optional } from './parameters.ts';
import { entryPage, isComplete, type QuarantineQuery } from './quarantine.ts';
import { entriesOf, filesOf, folderOf, hourOf, mayHold } from './quarantine-store.ts';
import { Refused } from './replies.ts';
import type { Answer, ApiServices, Call } from './route.ts';

/** Files that are read to find entries by receipt. */
const FILES = 1000;

export const replayReply = z.object({
  replayed: described('events put back into the stream', z.number()),
  corrected: described('those of them that were changed first', z.number()),
  repeated: described('left out: the same event is among them already', z.number()),
  incomplete: described('left out: only the head of the event was kept', z.number()),
  unknown: described('receipts that are not in quarantine', z.number()),
  cursor: described('replays what follows', z.optional(z.string())),
});

type ReplayReply = z.output<typeof replayReply>;

/** An event on its way back. */
interface Returning {
  readonly entry: Quarantined;
  /** undefined: as it came. */
  readonly corrected?: string;
}

interface Selection {
  readonly returning: readonly Returning[];
  readonly unknown: number;
  readonly cursor?: string;
}

export async function replay(call: Call<unknown, QuarantineQuery>): Promise<Answer<ReplayReply>> {
  const { services, tenant, query, request } = call;
  const given = readCorrections(request);
  const { returning, unknown, cursor } = given
    ? await byReceipt(services, tenant, given)
    : await stored(services, tenant, query);
  const sent = await putBack(services, returning);
  services.metrics.count('replayed', sent.replayed);
  return { value: { ...sent, unknown, ...optional('cursor', cursor) } };
}

async function stored(services: ApiServices, tenant: string, query: QuarantineQuery): Promise<Selection> {
  const { entries, cursor } = await entryPage(services.objects, tenant, query);
  return { returning: entries.map((entry) => ({ entry })), unknown: 0, ...optional('cursor', cursor) };
}

async function byReceipt(
  services: ApiServices,
  tenant: string,
  given: readonly Correction[],
): Promise<Selection> {
  const wanted = new Map(given.map((item) => [item.receipt, item]));
  const folders = new Map<string, Set<string>>();
  for (const { receipt, receivedAt } of wanted.values()) {
    const folder = receivedAt === undefined ? folderOf(tenant) : hourOf(tenant, Date.parse(receivedAt));
    folders.set(folder, (folders.get(folder) ?? new Set()).add(receipt));
  }
  const found = new Map<string, Quarantined>();
  let files = 0;
  for (const [folder, receipts] of folders) {
    for await (const { key } of filesOf(services.objects, folder)) {
      if (receipts.size === 0) break;
      if (![...receipts].some((receipt) => mayHold(key, receipt))) continue;
      if (files++ === FILES) throw new Refused('too_many_objects');
      for (const entry of await entriesOf(services.objects, key)) {
        if (receipts.delete(entry.receipt)) found.set(entry.receipt, entry);
      }
    }
  }
  const returning = [...wanted.values()].flatMap((item) => {
    const entry = found.get(item.receipt);
    const corrected = item.event === undefined ? item.text : JSON.stringify(item.event);
    return entry ? [{ entry, ...optional('corrected', corrected) }] : [];
  });
  return { returning, unknown: wanted.size - found.size };
}

type Sent = Omit<ReplayReply, 'unknown' | 'cursor'>;

async function putBack(services: ApiServices, returning: readonly Returning[]): Promise<Sent> {
  const sent = { replayed: 0, corrected: 0, repeated: 0, incomplete: 0 };
  const packer = new LanePacker(streams.clickstream.lanes);
  const seen = new Set<string>();
  for (const { entry, corrected } of returning) {
    const { envelope, original } = entry;
    const bytes = Buffer.from(original, 'base64');
    const changed = corrected !== undefined && corrected !== bytes.toString('utf8');
    if (!changed && !isComplete(entry)) {
      sent.incomplete++;
      continue;
    }
    const part = changed ? Buffer.from(corrected) : bytes;
    // A replay that is refused again lies in quarantine twice; only one of the two goes back.
    const identity = `${envelope.source} ${envelope.receivedAt} ${part.toString('base64')}`;
    if (seen.has(identity)) {
      sent.repeated++;
      continue;
    }
    seen.add(identity);
    packer.add(headerOf(entry), envelope.tenant, personOf(part), part);
    sent.replayed++;
    if (changed) sent.corrected++;
  }
  await services.streams.clickstream.append(packer.take());
  return sent;
}

/** What features refused was clean already. */
const headerOf = ({ envelope, step }: Quarantined): string =>
  JSON.stringify({
    ...envelope,
    replay: true,
    ...(step === 'features' && { pseudonymised: true }),
  } satisfies Envelope);

const ids = z.object({
  userId: z.optional(z.unknown()),
  anonymousId: z.optional(z.unknown()),
  messageId: z.optional(z.unknown()),
});

/** Who the event is about, as far as order needs it: the rule of the collector. */
function personOf(bytes: Buffer): string {
  const parsed = z.safeParse(ids, parse(bytes));
  if (!parsed.success) return '';
  const { userId, anonymousId, messageId } = parsed.data;
  for (const id of [userId, anonymousId, messageId]) if (typeof id === 'string' && id !== '') return id;
  return '';
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
