/** `npm run bench -- models`: every figure of the models that public data can show, by the stated protocols. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Figure } from '../report.ts';
import type { BenchPart, BenchRow } from './row.ts';

const root = join(import.meta.dirname, '../../..');

/** Part by part, each loaded when it runs. */
const parts: Readonly<Record<string, () => Promise<BenchPart>>> = {
  behaviour: async () => (await import('./behaviour.ts')).benchBehaviour,
  sessions: async () => (await import('./sessions.ts')).benchSessions,
  sequences: async () => (await import('./sequences.ts')).benchSequences,
  speed: async () => (await import('./speed.ts')).benchSpeed,
  propensity: async () => (await import('./propensity.ts')).benchPropensity,
  text: async () => (await import('./text.ts')).benchText,
};

export const partNames = Object.keys(parts);

export interface ModelsOptions {
  readonly quick: boolean;
  readonly say: (line: string) => void;
  /** Parts that run. @default all */
  readonly only?: readonly string[];
  /** Folder with one folder per public data set. */
  readonly datasets?: string;
  /** @default [1] */
  readonly seeds?: readonly number[];
}

/** @throws Error that names the folder, when the public data are not there. */
export async function benchModels({
  quick,
  say,
  only = partNames,
  datasets,
  seeds = [1],
}: ModelsOptions): Promise<Figure[]> {
  const data = datasets ?? join(root, '..', 'shared', 'data');
  if (!existsSync(data))
    throw new Error(`the public data sets are not in ${data}; say where with --datasets`);
  const scratch = join(root, 'dist/bench/models');
  mkdirSync(scratch, { recursive: true });
  const figures: Figure[] = [];
  for (const name of only) {
    const part = await parts[name]?.();
    if (!part) throw new Error(`there is no part ${name}; there are: ${partNames.join(', ')}`);
    say(`${name}:`);
    const rows = await part({ data, scratch, seeds, quick, progress: (line) => say(`  ${line}`) });
    figures.push(...rows.flatMap(figuresOf));
  }
  return figures;
}

/** One figure per metric of a row, with the bar and the spread over seeds beside it. */
function figuresOf({ set, model, metrics, spread, seconds, bar, source, note }: BenchRow): Figure[] {
  return Object.entries(metrics).map(([metric, value]) => ({
    what: `${set}: ${model}`,
    value,
    unit: metric,
    ...(bar?.[metric] === undefined ? {} : { aim: `above ${bar[metric]}` }),
    note: [
      source,
      ...(spread?.[metric] === undefined ? [] : [`spread ${spread[metric].toPrecision(2)}`]),
      ...(seconds === undefined ? [] : [`${Math.round(seconds)} s`]),
      ...(note === undefined ? [] : [note]),
    ].join('; '),
  }));
}
