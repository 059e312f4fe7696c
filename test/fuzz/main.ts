/** `npm run fuzz`: many mutated requests against a whole system; exit code 1 when a promise is broken. */
import { parseArgs } from 'node:util';
import { fuzz } from './run.ts';

const usage = `Usage: npm run fuzz -- [--requests N] [--seed N]

  --requests   how many (100000)
  --seed       start of the random numbers (1)
`;

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(usage);
} else {
  const count = Number(values.requests);
  const report = await fuzz(count, Number(values.seed), (sent) => {
    if (sent % 10_000 === 0) process.stderr.write(`${sent} of ${count}\n`);
  });
  const { accepted, applied, duplicates, quarantined, suppressed } = report.ledger.totals;
  const failed =
    Object.keys(report.statuses).some((status) => status.startsWith('5')) || report.ledger.inFlight !== 0;
  process.stdout.write(
    `requests ${report.requests} | replies ${JSON.stringify(report.statuses)} | accepted ${accepted} | applied ${applied} | ` +
      `duplicates ${duplicates} | quarantined ${quarantined} | suppressed ${suppressed} | difference ${report.ledger.inFlight} | ` +
      `memory ${report.memoryMb.early} -> ${report.memoryMb.late} MB\n`,
  );
  process.exitCode = failed ? 1 : 0;
}
