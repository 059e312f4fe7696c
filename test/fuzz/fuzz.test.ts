import { expect, test } from 'vitest';
import { fuzz } from './run.ts';

test('ten thousand mutated requests: stated replies only, and every accepted event accounted for', {
  timeout: 120_000,
}, async () => {
  const report = await fuzz(10_000, 1);
  console.info(
    JSON.stringify(report.statuses),
    JSON.stringify(report.ledger.totals),
    JSON.stringify(report.memoryMb),
  );
  const stated = ['200', '400', '401', '413', '415', '422'];
  expect(Object.keys(report.statuses).filter((status) => !stated.includes(status))).toEqual([]);
  expect(report.statuses['200']).toBeGreaterThan(500);
  expect(report.ledger.totals.accepted).toBeGreaterThan(500);
  expect(report.ledger.inFlight).toBe(0);
  expect(report.polluted).toBe(false);
  expect(report.memoryMb.late - report.memoryMb.early).toBeLessThan(150);
});
