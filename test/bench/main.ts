/** `npm run bench -- NAME`: runs one benchmark, prints its table and writes dist/bench/NAME.json. */
import { parseArgs } from 'node:util';
import type { Figure } from './report.ts';
import { keep, table } from './report.ts';
import { say } from './running.ts';

interface BenchRun {
  readonly quick: boolean;
  readonly say: (line: string) => void;
  readonly only?: readonly string[];
  readonly datasets?: string;
  readonly seeds?: readonly number[];
}
type Bench = (options: BenchRun) => Promise<Figure[]>;

const benches: Record<string, () => Promise<Bench>> = {
  api: async () => (await import('./api/api.ts')).benchApi,
  chain: async () => (await import('./chain.ts')).benchChain,
  models: async () => (await import('./models/models.ts')).benchModels,
};

const usage = `Usage: npm run bench -- NAME [--quick]

  NAME      one of: ${Object.keys(benches).join(', ')}
  --quick   a tenth of the load: for a look, not for a figure to quote

  --only PART       of api: profiles, recommendations or console;
                    of models: behaviour, sessions, sequences, speed, propensity or text; may be given several times

  For models:
  --datasets DIR    folder with one folder per public data set
  --seeds N         how many seeds each figure is the mean of
`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    datasets: { type: 'string' },
    seeds: { type: 'string', default: '1' },
  },
});
const name = positionals[0] ?? '';
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (!bench || values.help) {
  process.stdout.write(usage);
  process.exitCode = values.help ? 0 : 1;
} else {
  const run = await bench();
  const { quick, only, datasets } = values;
  const figures = await run({
    quick,
    say,
    seeds: Array.from({ length: Math.max(1, Number(values.seeds) || 1) }, (_, i) => i + 1),
    ...(only && { only }),
    ...(datasets !== undefined && { datasets }),
  });
  process.stdout.write(`${table(figures)}\n\nwritten to ${keep(name, figures)}\n`);
}
