/** `wellspring drain`: waits until all streams are empty and prints the ledger. */
import * as z from 'zod/mini';
import { ledgerKinds } from '../../domain/ledger.ts';
import { ask } from '../ask.ts';
import { type Address, type TargetOptions, withTarget } from '../target.ts';

export interface DrainOptions extends TargetOptions {
  readonly json: boolean;
}

const POLL_MS = 100;
const pipelineSchema = z.object({ functions: z.array(z.object({ waiting: z.optional(z.number()) })) });
const reasons = z.record(z.string(), z.number());
const ledgerSchema = z.object({
  totals: z.record(z.enum(ledgerKinds), z.number()),
  quarantined: reasons,
  suppressed: reasons,
  inFlight: z.number(),
});
type Ledger = z.infer<typeof ledgerSchema>;

const number = (value: number): string => value.toLocaleString('en-US').padStart(14);

function text({ totals, quarantined, suppressed, inFlight }: Ledger): string {
  const detail = { quarantined, suppressed };
  const rows: [string, number][] = [];
  for (const kind of ledgerKinds) {
    rows.push([kind, totals[kind]]);
    if (kind === 'quarantined' || kind === 'suppressed') {
      for (const [reason, count] of Object.entries(detail[kind])) rows.push([`  ${reason}`, count]);
    }
  }
  rows.push(['in flight', inFlight]);
  return rows.map(([name, value]) => `${name.padEnd(24)}${number(value)}\n`).join('');
}

/** Records that functions have not done yet. */
async function waiting(address: Address): Promise<number> {
  const { functions } = pipelineSchema.parse(await ask(address, 'GET', '/api/pipeline'));
  return functions.reduce((sum, { waiting: records = 0 }) => sum + records, 0);
}

/** Resolves when nothing waits in any stream. */
export const drain = (options: DrainOptions): Promise<void> =>
  withTarget(options, async (target) => {
    for (let left = await waiting(target); left > 0; left = await waiting(target)) {
      if (process.stderr.isTTY) process.stderr.write(`\r${number(left)} records wait `);
      await new Promise((done) => setTimeout(done, POLL_MS));
    }
    if (process.stderr.isTTY) process.stderr.write('\r');
    const ledger = ledgerSchema.parse(await ask(target, 'GET', '/api/ledger'));
    process.stdout.write(options.json ? `${JSON.stringify(ledger)}\n` : text(ledger));
  });
