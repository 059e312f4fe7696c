import { expect, it } from 'vitest';
import { mayHold } from './quarantine-store.ts';

const file = 'quarantine/t/2026-03-01/12/clean-shardId-000-49-3-shardId-000-1005-0.ndjson';

it.each([
  ['shardId-000:49:3', true],
  ['shardId-000:50:9', true],
  ['shardId-000:1005:0', true],
  ['shardId-000:1006:0', false],
  ['shardId-000:5:0', false],
  ['shardId-001:50:0', false],
])('tells from the name alone whether %s may lie in a file of clean', (receipt, may) => {
  expect(mayHold(file, receipt)).toBe(may);
});

it('looks into every file whose name says nothing of order', () => {
  expect(mayHold('quarantine/t/2026-03-01/12/features-0-5-0-1-2-0.ndjson', '0:900:1')).toBe(true);
  expect(mayHold('quarantine/t/2026-03-01/12/clean-0-5-0-1-2-0.ndjson', '0:900:1')).toBe(true);
});
