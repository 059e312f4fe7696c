/** Ranks items by what several sources say, as learned on visits whose next item is known. */
import * as z from 'zod/mini';
import { WellspringError } from '../../domain/errors.ts';
import { candidatesOf, columnsOf, PER_SOURCE, rowsOf, type Source, type Visit } from './features.ts';
import { type Case, fitListwise, type ListwiseOptions } from './listwise.ts';

/** Best items of each source that are looked at. */
const EACH = 60;

export const blendSchema = z
  .object({
    sources: z.array(z.object({ name: z.string(), form: z.enum(['logit', 'points']) })),
    /** Worth of each column, in the order of `columnsOf`. */
    weights: z.array(z.number()),
    /** Visits it was learned from. */
    visits: z.int(),
  })
  .check(
    z.refine(
      ({ sources, weights }) => weights.length === columnsOf(sources).length,
      'weights do not fit the columns',
    ),
  );
/** JSON; what is served is this and the sources. */
export type BlendModel = z.infer<typeof blendSchema>;

export const packBlend = (model: BlendModel): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(model)}\n`);

/** @throws WellspringError `refused` for other bytes, or a blend learned from other columns. */
export function unpackBlend(bytes: Uint8Array): BlendModel {
  try {
    return blendSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw new WellspringError('refused', 'not a stored blend', { cause });
  }
}

export interface Ranked {
  readonly item: number;
  /** Share of a softmax over the candidates. */
  readonly score: number;
  /** The source whose opinion raised it most. */
  readonly because: string;
}

/** Collects known visits one by one, because the scores of all items of many visits do not fit in memory. */
export class BlendLearner {
  readonly #sources: readonly Source[];
  readonly #popularity: Float32Array;
  readonly #cases: Case[] = [];

  /** `popularity`: log(1 + count) of each item. */
  constructor(sources: readonly Source[], popularity: Float32Array) {
    this.#sources = sources;
    this.#popularity = popularity;
  }

  /** `next`: the item that came. */
  add(visit: Visit, next: number): void {
    const candidates = candidatesOf(visit, EACH);
    const rows = rowsOf(visit, candidates, this.#sources, this.#popularity);
    this.#cases.push({ rows, right: candidates.indexOf(next) });
  }

  fit(options: ListwiseOptions = {}): BlendModel {
    const weights = fitListwise(this.#cases, columnsOf(this.#sources).length, options);
    return { sources: [...this.#sources], weights: [...weights], visits: this.#cases.length };
  }
}

/** Ranked items, the best first. `popularity` as the learner had it. */
export function rank(model: BlendModel, popularity: Float32Array, visit: Visit, count: number): Ranked[] {
  const candidates = candidatesOf(visit, EACH);
  const rows = rowsOf(visit, candidates, model.sources, popularity);
  const width = model.weights.length;
  const scored = candidates.map((item, i) => {
    let total = 0;
    for (let c = 0; c < width; c++) total += (model.weights[c] ?? 0) * (rows[i * width + c] ?? 0);
    return { item, total, row: i };
  });
  scored.sort((a, b) => b.total - a.total || a.item - b.item);
  const most = scored[0]?.total ?? 0;
  const sum = scored.reduce((all, { total }) => all + Math.exp(total - most), 0);
  return scored.slice(0, count).map(({ item, total, row }) => ({
    item,
    score: Math.exp(total - most) / sum,
    because: strongest(model, rows.subarray(row * width, (row + 1) * width), rows, candidates.length),
  }));
}

/** The source whose columns lift this row highest above their means. */
function strongest(model: BlendModel, row: Float32Array, rows: Float32Array, count: number): string {
  const width = model.weights.length;
  const lifts = model.sources.map(({ name }, s) => {
    let lift = 0;
    for (let c = s * PER_SOURCE; c < (s + 1) * PER_SOURCE; c++) {
      let mean = 0;
      for (let i = 0; i < count; i++) mean += (rows[i * width + c] ?? 0) / count;
      lift += (model.weights[c] ?? 0) * ((row[c] ?? 0) - mean);
    }
    return { name, lift };
  });
  return lifts.reduce((a, b) => (b.lift > a.lift ? b : a), { name: 'popularity', lift: 0 }).name;
}
