/**
 * Stands between functions and stores in every thread of the system under proof: throws faults in, notes what was decided,
 * and, for a sabotage, takes one safety out. Settings come through the environment, because threads and restarts share it.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import * as z from 'zod/mini';
import { Chaos, calm } from '../../adapters/embedded/chaos.ts';
import { WellspringError } from '../../domain/errors.ts';
import type { Stream, StreamEntry, Table, Write } from '../../domain/ports.ts';
import { decodeProfile, encodeProfile, PROFILE } from '../../domain/profile/item.ts';
import type { Ports } from '../../local/ports.ts';

export const SETTINGS = 'WELLSPRING_PROVE';

/** Safeties that can be taken out, each of which must make the proof fail. */
export const sabotages = [
  'no-condition',
  'dedup-before-effect',
  'ack-before-durability',
  'drop-on-throttle',
  'publish-without-outbox',
] as const;
export type Sabotage = (typeof sabotages)[number];

export const settingsSchema = z.object({
  /** Where faults and decided effects are noted. */
  notes: z.string(),
  rates: z.record(z.string(), z.number()),
  sabotage: z.optional(z.enum(sabotages)),
});
export type FaultSettings = z.infer<typeof settingsSchema>;

/** File of effects that were stored with a profile, one id a line. */
export const effectsFile = (notes: string): string => join(notes, 'effects');
/** File of faults, one name a line. */
export const faultsFile = (notes: string): string => join(notes, 'faults');

/** What leaves a function after its profiles were stored fails this often: the moment that an outbox is for. */
const LEAVING = 0.25;
/** Share of the writes of profiles that are held up between reading and writing, and for how long at most. */
const HELD = 0.1;
const HELD_MS = 60;

export function ports(thread: string): Ports {
  const { notes, rates, sabotage } = settingsSchema.parse(JSON.parse(process.env[SETTINGS] ?? '{}'));
  const chaos = new Chaos({ rates: { ...calm, ...rates }, random: Math.random });
  const leaving = new Chaos({ rates: { ...calm, ...rates, throttle: LEAVING }, random: Math.random });
  startNotes(notes, [chaos, leaving]);
  const stream = (inner: Stream): Stream => {
    if (thread === 'features') return leaving.stream(inner);
    return chaos.stream(thread === 'collect' && sabotage === 'ack-before-durability' ? late(inner) : inner);
  };
  const profiles = (inner: Table): Table => held(watched(tampered(inner, sabotage), notes, sabotage));
  return {
    stream: (inner) => withoutSafety(stream(inner), sabotage),
    table: (inner, name) =>
      chaos.table(name === 'profiles' && thread === 'features' ? profiles(inner) : inner),
    objects: (inner) => chaos.objects(inner),
    step: (inner) => chaos.step(inner),
  };
}

/** Adds what was injected to the file, often: a killed process has written all but its last few calls. */
function startNotes(notes: string, sources: readonly Chaos[]): void {
  const noted = sources.map(() => new Map<string, number>());
  const note = (): void => {
    let text = '';
    sources.forEach(({ injected }, i) => {
      for (const [fault, count] of Object.entries(injected)) {
        text += `${fault}\n`.repeat(count - (noted[i]?.get(fault) ?? 0));
        noted[i]?.set(fault, count);
      }
    });
    if (text !== '') appendFileSync(faultsFile(notes), text);
  };
  setInterval(note, 20).unref();
}

/** A run that is held up between reading and writing meets the write of another run. */
const held = (inner: Table): Table => ({
  ...bound(inner),
  put: async (writes) => {
    if (Math.random() < HELD) await after(Math.random() * HELD_MS);
    return inner.put(writes);
  },
});

/** Answers at once and stores later. */
const late = (inner: Stream): Stream => ({
  append: async (records) => {
    void after(300)
      .then(() => inner.append(records))
      .catch(() => {});
  },
});

/** What was throttled is gone, and nobody hears of it. */
const withoutSafety = (inner: Stream, sabotage: Sabotage | undefined): Stream =>
  sabotage !== 'drop-on-throttle'
    ? inner
    : {
        append: async (records: readonly StreamEntry[]) => {
          await inner.append(records).catch((error: unknown) => {
            if (!(error instanceof WellspringError)) throw error;
          });
        },
      };

function tampered(inner: Table, sabotage: Sabotage | undefined): Table {
  if (sabotage === 'no-condition')
    return { ...bound(inner), put: (writes) => inner.put(writes.map(({ expect: _, ...write }) => write)) };
  if (sabotage === 'dedup-before-effect')
    return { ...bound(inner), put: (writes) => markFirst(inner, writes) };
  return inner;
}

const bound = (inner: Table): Table => ({
  get: (keys, options) => inner.get(keys, options),
  put: (writes) => inner.put(writes),
  delete: (keys) => inner.delete(keys),
  query: (query) => inner.query(query),
  queryIndex: (query) => inner.queryIndex(query),
  scan: (query) => inner.scan(query),
});

const profileOf = ({ pk, data, expect = 0 }: Write) => {
  const [tenant = '', id = ''] = pk.split('#');
  return decodeProfile(tenant, id, { pk, sk: PROFILE, data, version: expect });
};

/** Remembers messages in one write and applies them in the next; now and then the second does not happen. */
async function markFirst(inner: Table, writes: readonly Write[]): ReturnType<Table['put']> {
  const before = await inner.get(writes, { consistent: true });
  const marks = writes.map((write, i) => {
    const item = before[i];
    if (write.sk !== PROFILE || !item) return write;
    const next = profileOf(write);
    const old = profileOf({ ...write, data: item.data });
    return { ...write, data: encodeProfile({ ...old, recent: next.recent, meta: next.meta }) };
  });
  const marked = await inner.put(marks);
  if (Math.random() < 0.2)
    throw new WellspringError('table_unavailable', 'injected: died between two writes');
  return inner.put(
    writes.map((write, i) => {
      const result = marked[i];
      return result?.outcome === 'written' ? { ...write, expect: result.version } : write;
    }),
  );
}

/** Notes the newest change that each stored profile owes its readers; for a sabotage, stores it without that debt. */
const watched = (inner: Table, notes: string, sabotage: Sabotage | undefined): Table => ({
  ...bound(inner),
  put: async (writes) => {
    const owed = writes.map((write) =>
      write.sk === PROFILE ? profileOf(write).meta.out.findLast(({ kind }) => kind === 'changed') : undefined,
    );
    const stored = sabotage === 'publish-without-outbox' ? writes.map(withoutOutbox) : writes;
    const results = await inner.put(stored);
    const ids = owed.flatMap((effect, i) =>
      effect && results[i]?.outcome === 'written' ? [`${effect.id}\n`] : [],
    );
    if (ids.length > 0) appendFileSync(effectsFile(notes), ids.join(''));
    return results;
  },
});

function withoutOutbox(write: Write): Write {
  if (write.sk !== PROFILE) return write;
  const profile = profileOf(write);
  return { ...write, data: encodeProfile({ ...profile, meta: { ...profile.meta, out: [] } }) };
}
