/** `npm run bench -- NAME`: runs one benchmark, prints its table and writes dist/bench/NAME.json. */
import { parseArgs } from 'node:util';
import type { Figure } from './report.ts';
import { keep, table } from './report.ts';

type Bench = (options: { quick: boolean; say: (line: string) => void }) => Promise<Figure[]>;

const benches: Record<string, () => Promise<Bench>> = {
  chain: async () => (await import('./chain.ts')).benchChain,
};

const usage = `Usage: npm run bench -- NAME [--quick]

  NAME      one of: ${Object.keys(benches).join(', ')}
  --quick   a tenth of the load: for a look, not for a figure to quote
`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});
const name = positionals[0] ?? '';
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (!bench || values.help) {
  process.stdout.write(usage);
  process.exitCode = values.help ? 0 : 1;
} else {
  const run = await bench();
  const figures = await run({ quick: values.quick, say: (line) => process.stderr.write(`${line}\n`) });
  process.stdout.write(`${table(figures)}\n\nwritten to ${keep(name, figures)}\n`);
}
