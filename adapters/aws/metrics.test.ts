import { expect, it } from 'vitest';
import { EmfMetrics } from './metrics.ts';

function open(): { metrics: EmfMetrics; lines: string[] } {
  const lines: string[] = [];
  const metrics = new EmfMetrics({ clock: { now: () => 1234 }, write: (line) => lines.push(line) });
  return { metrics, lines };
}

it('writes one line for each set of labels, in the embedded metric format', () => {
  const { metrics, lines } = open();
  metrics.count('accepted', 3, { source: 'web' });
  metrics.count('accepted', 2, { source: 'web' });
  metrics.count('durationMs', 12.5);
  expect(lines).toEqual([]);
  metrics.flush();
  metrics.flush();
  expect(lines.every((line) => line.endsWith('}\n'))).toBe(true);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      _aws: {
        Timestamp: 1234,
        CloudWatchMetrics: [
          { Namespace: 'Wellspring', Dimensions: [['source']], Metrics: [{ Name: 'accepted' }] },
        ],
      },
      source: 'web',
      accepted: [3, 2],
    },
    {
      _aws: {
        Timestamp: 1234,
        CloudWatchMetrics: [{ Namespace: 'Wellspring', Dimensions: [[]], Metrics: [{ Name: 'durationMs' }] }],
      },
      durationMs: [12.5],
    },
  ]);
});

it('keeps within a hundred values and a hundred names for each line', () => {
  const { metrics, lines } = open();
  for (let i = 0; i < 150; i++) metrics.count('many', i);
  for (let i = 0; i < 120; i++) metrics.count(`name${i}`, 1);
  metrics.flush();
  const parsed = lines.map((line) => JSON.parse(line));
  expect(parsed.flatMap((line) => line.many ?? [])).toEqual(Array.from({ length: 150 }, (_, i) => i));
  for (const line of parsed) {
    expect(line['_aws'].CloudWatchMetrics[0].Metrics.length).toBeLessThanOrEqual(100);
    expect(line.many?.length ?? 0).toBeLessThanOrEqual(100);
  }
});
