/** `npm run prove`: the embedded system under faults, and whether it kept its promises. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { erasureReport, held, proveErasure } from '../privacy/proof.ts';
import { progressOn } from './progress.ts';
import { type ProveOptions, prove } from './prove.ts';
import { report } from './report.ts';
import { sabotages } from './settings.ts';

const usage = `Usage: npm run prove -- [--events N] [--seed N] [--kills N] [--sabotage NAME]

Runs the embedded system in processes of its own, kills it, throttles it, fills its disk, loses its answers and delivers
twice, and then compares every store with what was sent. Writes dist/prove.json. Exit code 1 if any difference is not 0.

  --events N       events to send (200,000)
  --seed N         another plan, other faults and other moments of death (1)
  --kills N        how often the process is killed while events are sent (50)
  --sabotage NAME  takes one safety out, which must make the proof fail: ${sabotages.join(', ')}
  --erasure N      proves instead that a person among N others can be erased: scans every byte before and after
  --keep           leaves the folder with the data behind, and says where
  --help           this text
`;

type Options = Omit<ProveOptions, 'folder' | 'say'> & { readonly keep: boolean };

/** Undefined when they make no sense. */
function optionsOf(values: Readonly<Record<string, string | boolean | undefined>>): Options | undefined {
  const [events, seed, kills] = [values['events'], values['seed'], values['kills']].map(Number);
  const sabotage = sabotages.find((name) => name === values['sabotage']);
  const natural = (n: number | undefined): n is number => Number.isSafeInteger(n) && Number(n) >= 0;
  if (!natural(events) || !natural(seed) || !natural(kills)) return undefined;
  if (events < 200 || sabotage !== values['sabotage']) return undefined;
  return { events, seed, kills, keep: values['keep'] === true, ...(sabotage && { sabotage }) };
}

async function run({ keep, ...options }: Options): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'wellspring-prove-'));
  const say = progressOn(process.stderr, () => performance.now());
  try {
    const proof = await prove({ ...options, folder, say });
    say('check', 1);
    process.stdout.write(`\n${report(proof)}\n`);
    mkdirSync('dist', { recursive: true });
    writeFileSync('dist/prove.json', `${JSON.stringify(proof, null, 2)}\n`);
    process.exitCode = proof.findings.every(({ wrong }) => wrong === 0) ? 0 : 1;
  } finally {
    if (keep) process.stdout.write(`${folder}\n`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

async function erase(others: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'wellspring-erasure-'));
  try {
    const proof = await proveErasure(folder, others);
    process.stdout.write(`${erasureReport(proof)}\n`);
    process.exitCode = held(proof) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '200000' },
    seed: { type: 'string', default: '1' },
    kills: { type: 'string', default: '50' },
    sabotage: { type: 'string' },
    erasure: { type: 'string' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const options = optionsOf(values);
if (values.help || !options) {
  process.stdout.write(usage);
  process.exitCode = values.help ? 0 : 1;
} else if (values.erasure !== undefined) await erase(Number(values.erasure));
else await run(options);
