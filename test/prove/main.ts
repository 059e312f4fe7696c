/** `npm run prove`: the whole system under faults, and what became of every event. Exit code 1 when a promise broke. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Sabotage, sabotages } from './faults.ts';
import { prove } from './prove.ts';
import { report } from './report.ts';

let shown = '';

const usage = `Usage: npm run prove -- [--events N] [--seed N] [--kills N] [--sabotage NAME]

Runs the embedded system in processes of its own, kills it, throttles it, loses its answers and delivers twice, and then
compares every store with what was sent. Ends with exit code 1 if any difference is not 0.

  --events N       events to send (200,000)
  --seed N         another plan and other moments of death (1)
  --kills N        how often the process is killed (20)
  --sabotage NAME  takes one safety out, which must make the proof fail: ${sabotages.join(', ')}
`;

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '200000' },
    seed: { type: 'string', default: '1' },
    kills: { type: 'string', default: '20' },
    sabotage: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const [events, seed, kills] = [values.events, values.seed, values.kills].map(Number);
const sabotage = sabotages.find((name) => name === values.sabotage);
const valid =
  [events, seed, kills].every((n) => Number.isSafeInteger(n) && Number(n) >= 0) &&
  sabotage === values.sabotage;
if (values.help || !valid) {
  process.stdout.write(usage);
  process.exitCode = values.help ? 0 : 1;
} else await run({ events: events ?? 0, seed: seed ?? 0, kills: kills ?? 0, ...(sabotage && { sabotage }) });

async function run(options: {
  events: number;
  seed: number;
  kills: number;
  sabotage?: Sabotage;
}): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'wellspring-prove-'));
  try {
    const proof = await prove({ ...options, folder, say: progress });
    progress('check', 1);
    process.stdout.write(`\n${report(proof)}\n`);
    mkdirSync('dist', { recursive: true });
    writeFileSync('dist/prove.json', `${JSON.stringify(proof, null, 2)}\n`);
    process.exitCode = proof.findings.every(({ held }) => held) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function progress(phase: string, share: number): void {
  const line = `${phase} ${Math.floor(share * 100)} %`;
  if (line === shown) return;
  shown = line;
  process.stderr.write(
    process.stderr.isTTY
      ? `\r\u001B[K${line}`
      : share * 100 === Math.floor(share * 100) && Math.floor(share * 10) === share * 10
        ? `${line}\n`
        : '',
  );
}
