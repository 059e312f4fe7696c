/** Faults that are aimed at what one safety guards, where chance alone would seldom hit. */
import { existsSync, rmSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import { WellspringError } from '../../domain/errors.ts';
import type { Stream, StreamStep, Table, Write } from '../../domain/ports.ts';
import { effectId, PROFILE } from '../../domain/profile/item.ts';
import type { Notes } from './notes.ts';
import { bound, profileOf } from './sabotage.ts';
import { deathFile } from './settings.ts';

/** Share of the writes of profiles that are held up between reading and writing, and for how long at most. */
const HELD = 0.1;
const HELD_MS = 60;
/** How many later writes of a profile a run that was given up lags behind. */
const LAG = 2;
/** Which append of a thread's life is refused, whatever chance says. */
const REFUSED = 2;

/** A run that is held up between reading and writing meets the write of another run. */
export const held = (inner: Table, random: () => number): Table => ({
  ...bound(inner),
  put: async (writes) => {
    if (random() < HELD) await after(random() * HELD_MS);
    return inner.put(writes);
  },
});

/** A run that was given up writes what it made of a profile after later runs have written the same profile. */
export function lagging(inner: Table, notes: Notes): Table {
  const kept = new Map<string, { readonly write: Write; lag: number }>();
  const lag = (write: Write): Write[] => {
    const one = kept.get(write.pk);
    if (!one) kept.set(write.pk, { write, lag: LAG });
    if (!one || --one.lag > 0) return [];
    kept.delete(write.pk);
    return [one.write];
  };
  const put = async (writes: readonly Write[]): ReturnType<Table['put']> => {
    const results = await inner.put(writes);
    const stored = writes.filter(({ sk }, i) => sk === PROFILE && results[i]?.outcome === 'written');
    const late = stored.flatMap(lag);
    if (late.length > 0) {
      await inner.put(late);
      notes.fault('late write', late.length);
    }
    return results;
  };
  return { ...bound(inner), put };
}

/** Notes the newest change that each stored profile owes its readers. */
export const watched = (inner: Table, notes: Notes): Table => ({
  ...bound(inner),
  put: async (writes) => {
    const owed = writes.map((write) => {
      if (write.sk !== PROFILE) return undefined;
      const { id, meta } = profileOf(write);
      const newest = meta.out.findLast(({ kind }) => kind === 'changed');
      return newest && effectId(id, newest);
    });
    const results = await inner.put(writes);
    notes.owed(owed.flatMap((effect, i) => (effect && results[i]?.outcome === 'written' ? effect : [])));
    return results;
  },
});

/** Each life of a thread meets at least one throttle. */
export function refusing(inner: Stream, notes: Notes): Stream {
  let calls = 0;
  return {
    append: async (records) => {
      if (records.length === 0 || ++calls !== REFUSED) return inner.append(records);
      notes.fault('throttle');
      throw new WellspringError('stream_unavailable', 'injected: throttled');
    },
  };
}

/** Ends the process where it hurts most: between an effect and what follows from it. */
export class Mortality {
  readonly #thread: string;
  readonly #notes: Notes;

  constructor(thread: string, notes: Notes) {
    this.#thread = thread;
    this.#notes = notes;
  }

  /** The collector dies with an event stored and not answered; features with profiles stored and not announced. */
  stream(inner: Stream): Stream {
    return {
      append: async (records) => {
        if (this.#thread === 'features' && records.length > 0) this.#dieIfTold();
        await inner.append(records);
        if (this.#thread === 'collect') this.#dieIfTold();
      },
    };
  }

  /** The others die with a batch done and no checkpoint saved. */
  step(inner: StreamStep): StreamStep {
    return async (records) => {
      const result = await inner(records);
      if (this.#thread !== 'features') this.#dieIfTold();
      return result;
    };
  }

  #dieIfTold(): void {
    const order = deathFile(this.#notes.folder, this.#thread);
    if (!existsSync(order)) return;
    rmSync(order);
    this.#notes.fault(`death in ${this.#thread}`);
    process.kill(process.pid, 'SIGKILL');
  }
}
