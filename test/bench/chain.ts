/** `npm run bench -- chain`: the whole chain on this machine, each step alone, and what it costs on AWS. */
import { cost } from './cost.ts';
import { parseAlone } from './parse-alone.ts';
import { inOwnProcess } from './part.ts';
import type { Figure } from './report.ts';
import { stepTimes } from './steps.ts';
import { vaultFigures } from './vault.ts';

export async function benchChain(options: {
  quick: boolean;
  say: (line: string) => void;
}): Promise<Figure[]> {
  const { say } = options;
  const part = options.quick ? 0.1 : 1;
  const figures: Figure[] = [];
  say('parsing alone');
  const parsed = parseAlone(100_000 * part);
  figures.push({ what: 'parsing alone', value: parsed, unit: 'events/s', note: 'JSON.parse on one core' });
  for (const people of [1000, 100_000]) {
    say(`throughput with ${people} people`);
    figures.push(...(await inOwnProcess('throughput', people, 200_000 * part, parsed)));
  }
  say('latency at 2,000 events/s');
  figures.push(...(await inOwnProcess('latency', 30 * part)));
  say('backlog of an hour');
  figures.push(...(await inOwnProcess('backlog', part)));
  say('each step alone');
  const steps = await stepTimes(20_000 * part);
  figures.push(...steps.figures);
  say('the vault');
  figures.push(...(await vaultFigures(20_000 * part)));
  for (const perRequest of [20, 50]) {
    say(`AWS calls with ${perRequest} events a request`);
    figures.push(...(await cost(perRequest, 20_000 * part, steps)));
  }
  return figures;
}
