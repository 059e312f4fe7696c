/** What a run with one seed gave, worked out once; and means over seeds. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { BenchOptions } from './row.ts';

const keptSchema = z.object({
  settings: z.string(),
  result: z.object({ metrics: z.record(z.string(), z.number()), seconds: z.number() }),
});
export type Kept = z.infer<typeof keptSchema>['result'];

/** Works something out, or reads what an earlier run with the same `settings` left in the scratch folder. */
export async function kept(
  { scratch, quick }: BenchOptions,
  name: string,
  settings: unknown,
  work: () => Kept | Promise<Kept>,
): Promise<Kept> {
  const folder = join(scratch, quick ? 'quick' : '', 'rows');
  const file = join(folder, `${name.replaceAll(/[^\w-]+/g, '-')}.json`);
  const text = JSON.stringify(settings);
  if (existsSync(file)) {
    const before = keptSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (before.success && before.data.settings === text) return before.data.result;
  }
  const result = await work();
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, JSON.stringify({ settings: text, result }));
  return result;
}

/** Means over seeds, and the deviation where there are several. */
export function overSeeds(runs: readonly Kept[]): {
  metrics: Record<string, number>;
  spread?: Record<string, number>;
  seconds: number;
} {
  const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
  const deviation = (list: readonly number[]): number =>
    Math.sqrt(list.reduce((sum, value) => sum + (value - mean(list)) ** 2, 0) / (list.length - 1));
  const each = (of: (list: readonly number[]) => number): Record<string, number> =>
    Object.fromEntries(
      Object.keys(runs[0]?.metrics ?? {}).map((name) => [
        name,
        of(runs.map(({ metrics }) => metrics[name] ?? 0)),
      ]),
    );
  return {
    metrics: each(mean),
    ...(runs.length > 1 && { spread: each(deviation) }),
    seconds: mean(runs.map(({ seconds }) => seconds)),
  };
}
