/**
 * Nearest sessions: what people with a similar visit looked at (VS-kNN, Ludewig & Jannach, 2018; index of the newest
 * sessions per item as in VMIS-kNN, Kersbergen et al., 2022). Newer items of the visit count more, and so do newer
 * neighbours and items that lie near the common one (as in STAN, Garg et al., 2019).
 */
import * as z from 'zod/mini';
import { WellspringError } from '../../domain/errors.ts';
import { Largest } from './largest.ts';
import { type Index, indexOf, occurrences } from './occurrences.ts';
import { pack, unpack } from './packing.ts';
import type { Packable } from './recommender.ts';
import { countOf, freshness, type Sessions } from './sessions.ts';

const knnSchema = z.object({
  /** Neighbours. */
  k: z.int(),
  /** Newest sessions looked at for each item. */
  newest: z.int(),
  /** An item of the visit that lies n steps back counts exp(-n / this). */
  itemDecay: z.number(),
  /** Exponent of log(1 + sessions / sessions with the item), by which common items count. */
  idf: z.number(),
  /** The same for the items that get points. */
  pointsIdf: z.number(),
  /** A neighbour counts exp(-age / this), age being the share of all sessions that are newer. */
  sessionDecay: z.number(),
  /** A neighbour counts length^-this. */
  length: z.number(),
  /** An item n steps after the common one counts exp(-n / this). */
  afterDecay: z.number(),
  /** The same for items before it. */
  beforeDecay: z.number(),
  /** Items before the common one count this much less beside. */
  before: z.number(),
  /** What the item right after the common one counts beside. */
  next: z.number(),
  /** What items of the visit count beside. */
  repeat: z.number(),
});
export type SessionKnnOptions = z.infer<typeof knnSchema>;

/** A middle way; what suits one shop is chosen on its own visits. */
export const knnDefaults: SessionKnnOptions = {
  k: 500,
  newest: 2500,
  itemDecay: 1.4,
  idf: 1.5,
  pointsIdf: 0,
  sessionDecay: 2,
  length: 0.5,
  afterDecay: 4,
  beforeDecay: 5,
  before: 1,
  next: 1,
  repeat: 1,
};

export function fitSessionKnn(
  sessions: Sessions,
  items: number,
  options: Partial<SessionKnnOptions> = {},
): Packable {
  return new SessionKnn(sessions, items, { ...knnDefaults, ...options });
}

/** @throws WellspringError `refused` for other bytes. */
export function unpackSessionKnn(bytes: Uint8Array): Packable {
  const { about, ints } = unpack('session-knn', bytes);
  const { items, options } = aboutSchema.parse(about);
  const sessions = { items: ints('items'), starts: ints('starts') };
  checkSessions(sessions, items);
  return new SessionKnn(sessions, items, options);
}

const aboutSchema = z.object({ items: z.int(), options: knnSchema });

function checkSessions(sessions: Sessions, items: number): void {
  const whole =
    sessions.starts.at(-1) === sessions.items.length &&
    sessions.starts.every((start, i) => start >= (sessions.starts[i - 1] ?? 0)) &&
    sessions.items.every((item) => item >= 0 && item < items);
  if (!whole)
    throw new WellspringError('refused', 'not a packed session-knn: its sessions do not fit together');
}

class SessionKnn implements Packable {
  readonly items: number;
  readonly #sessions: Sessions;
  readonly #options: SessionKnnOptions;
  readonly #index: Index;
  /** Of each item: worth as a common one, and as one that gets points. */
  readonly #common: Float32Array;
  readonly #worth: Float32Array;
  /** Of each session: worth as a neighbour. */
  readonly #trust: Float32Array;
  /** exp(-n / decay) for n steps. */
  readonly #after: Float32Array;
  readonly #before: Float32Array;
  // Scratch; all 0 between calls.
  readonly #similarity: Float32Array;
  readonly #recent: Float32Array;

  constructor(sessions: Sessions, items: number, options: SessionKnnOptions) {
    const count = countOf(sessions);
    const frequency = occurrences(sessions, items, true);
    const rarity = Float64Array.from(frequency, (n) => Math.log(1 + count / Math.max(1, n)));
    const longest = sessions.starts.reduce(
      (most, start, i) => Math.max(most, start - (sessions.starts[i - 1] ?? 0)),
      1,
    );
    this.items = items;
    this.#sessions = sessions;
    this.#options = options;
    this.#index = indexOf(sessions, items, { once: true, newest: options.newest });
    this.#common = Float32Array.from(rarity, (value) => value ** options.idf);
    this.#worth = Float32Array.from(rarity, (value) => value ** options.pointsIdf);
    this.#trust = freshness(count, options.sessionDecay).map(
      (fresh, i) => fresh / lengthOf(sessions, i) ** options.length,
    );
    this.#after = steps(longest, options.afterDecay, 1);
    this.#before = steps(longest, options.beforeDecay, options.before);
    if (longest > 1) this.#after[1] = (this.#after[1] ?? 0) * options.next;
    this.#similarity = new Float32Array(count);
    this.#recent = new Float32Array(items);
  }

  score(prefix: ArrayLike<number>, out: Float32Array): void {
    const touched = this.#compare(prefix);
    for (const session of touched) {
      this.#similarity[session] = (this.#similarity[session] ?? 0) * (this.#trust[session] ?? 0);
    }
    const bound = new Largest(touched, this.#similarity, this.#options.k);
    for (const session of touched) {
      const similarity = this.#similarity[session] ?? 0;
      if (bound.takes(similarity)) this.#spread(session, similarity, out);
      this.#similarity[session] = 0;
    }
    for (let i = 0; i < prefix.length; i++) {
      const item = prefix[i] ?? -1;
      if (item >= 0 && item < this.items) this.#recent[item] = 0;
    }
  }

  pack(): Uint8Array {
    return pack('session-knn', { items: this.items, options: this.#options }, { ...this.#sessions });
  }

  /** Adds up what sessions have in common with the visit; answers which have anything, those of its newest item first. */
  #compare(prefix: ArrayLike<number>): number[] {
    const touched: number[] = [];
    const { starts, sessions } = this.#index;
    for (let i = prefix.length - 1; i >= 0; i--) {
      const item = prefix[i] ?? -1;
      if (!(item >= 0 && item < this.items) || (this.#recent[item] ?? 0) > 0) continue;
      // Never 0, which stands for an item that the visit has not.
      const weight = Math.max(1e-30, Math.exp(-(prefix.length - 1 - i) / this.#options.itemDecay));
      this.#recent[item] = weight;
      const points = weight * (this.#common[item] ?? 0);
      for (let at = starts[item] ?? 0; at < (starts[item + 1] ?? 0); at++) {
        const session = sessions[at] ?? 0;
        const before = this.#similarity[session] ?? 0;
        if (before === 0) touched.push(session);
        this.#similarity[session] = before + points;
      }
    }
    return touched;
  }

  /** Gives the items of a neighbour their points, by distance to the common item that was last looked at in the visit. */
  #spread(session: number, similarity: number, out: Float32Array): void {
    const { items, starts } = this.#sessions;
    const from = starts[session] ?? 0;
    const to = starts[session + 1] ?? 0;
    let anchor = from;
    let best = 0;
    for (let i = from; i < to; i++) {
      const weight = this.#recent[items[i] ?? 0] ?? 0;
      if (weight > 0 && weight >= best) {
        best = weight;
        anchor = i;
      }
    }
    const { repeat } = this.#options;
    for (let i = from; i < to; i++) {
      const item = items[i] ?? 0;
      const near = i >= anchor ? (this.#after[i - anchor] ?? 0) : (this.#before[anchor - i] ?? 0);
      const again = (this.#recent[item] ?? 0) > 0 ? repeat : 1;
      out[item] = (out[item] ?? 0) + similarity * near * again * (this.#worth[item] ?? 0);
    }
  }
}

const lengthOf = ({ starts }: Sessions, session: number): number =>
  (starts[session + 1] ?? 0) - (starts[session] ?? 0);

const steps = (longest: number, decay: number, factor: number): Float32Array =>
  Float32Array.from({ length: longest }, (_, n) => Math.exp(-n / decay) * (n > 0 ? factor : 1));
