import { describe, expect, it } from 'vitest';
import type { Checkpoint } from './fit.ts';
import { openSessions, scoreItems } from './predict.ts';
import { casesOf, rankNext } from './rank.ts';
import { readCheckpoint, readSessions, storeCheckpoint, storeSessions } from './stored.ts';
import { trainSessions } from './train-sessions.ts';

const items = 12;
/** Each item is followed by the next one, around. */
const sessions = Array.from({ length: 120 }, (_, i) =>
  Array.from({ length: 3 + (i % 4) }, (__, j) => (i + j) % items),
);
const config = {
  network: { width: 8, heads: 2, blocks: 1, length: 6, scale: 10 },
  training: {
    epochs: 20,
    patience: 20,
    tokens: 64,
    candidates: 12,
    rate: 2e-2,
    warmUp: 0.1,
    dropout: 0,
    decay: 0,
    clip: 5,
    repeats: true,
  },
};

describe('sessions of integers', () => {
  it('are learned, stored, read back and scored', async () => {
    const checkpoints: Checkpoint[] = [];
    const trained = await trainSessions({
      sessions,
      validation: casesOf(sessions.slice(0, 20)),
      items,
      config,
      seed: 1,
      onCheckpoint: (checkpoint) => void checkpoints.push(checkpoint),
    });
    expect(trained.figure).toBeGreaterThan(1.9);

    const model = openSessions(readSessions(storeSessions(trained)));
    const scores = await scoreItems(model, [[3, 4], [7], [-1], []]);
    expect(scores).toHaveLength(4 * items);
    const best = (row: number): number => {
      const own = scores.subarray(row * items, (row + 1) * items);
      return own.indexOf(own.reduce((a, b) => Math.max(a, b)));
    };
    expect([best(0), best(1)]).toEqual([5, 8]);
    expect(scores.every(Number.isFinite)).toBe(true);
    const ranked = { items, repeats: true };
    // What is not known is a miss, and is counted.
    expect((await rankNext(model.scorer, casesOf([[0, 1, 99]]), ranked, 1)).cases).toBe(2);
    expect((await rankNext(model.scorer, casesOf([[0, 1, 99]]), ranked, 1)).hitRate).toBe(0.5);
    await model.scorer.release();

    const last = checkpoints.at(-1);
    if (!last) throw new RangeError('no checkpoint');
    expect(readCheckpoint(storeCheckpoint(last))).toEqual(last);
  });

  it('are refused when a byte is missing', async () => {
    const trained = await trainSessions({
      sessions: sessions.slice(0, 5),
      items,
      config: { ...config, training: { ...config.training, epochs: 1 } },
      seed: 1,
    });
    const bytes = storeSessions(trained);
    expect(() => readSessions(bytes.subarray(0, bytes.length - 1))).toThrow(RangeError);
    expect(() => readSessions(bytes.subarray(5))).toThrow(SyntaxError);
  });
});
