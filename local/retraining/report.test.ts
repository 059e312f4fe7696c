import { expect, it } from 'vitest';
import { progressPrinter, stepLine } from '../commands/retrain.ts';
import { comparisonText } from './report.ts';

const estimate = (value: number) => ({ value, low: value - 0.05, high: value + 0.05 });
const none = { createdAt: '', dataDigest: '', config: {}, configDigest: '', seed: 1, code: '' };

it('puts everybody side by side, and says why a version was refused', () => {
  const text = comparisonText({
    ...none,
    contract: 1,
    name: 'behaviour',
    version: 'v2',
    data: { train: 3, validation: 2, holdout: 1, from: '', to: '' },
    schema: { inputs: [], outputs: [] },
    metrics: { 'MRR@20': estimate(0.5) },
    comparison: [
      { model: 'popularity', metrics: { 'MRR@20': estimate(0.2) } },
      { model: 'gradient boosting', metrics: { 'churn AUC': estimate(0.7) } },
      { model: 'challenger', metrics: { 'MRR@20': estimate(0.5), 'churn AUC': estimate(0.8) } },
    ],
    gate: {
      passed: false,
      checks: [
        { name: 'a', passed: true, value: 1, limit: 0, says: 'Better than popularity.' },
        { name: 'b', passed: false, value: 1, limit: 0, says: 'Worse than champion.' },
      ],
    },
    calibration: {},
    distributions: {},
    files: {},
  });
  expect(text).toBe(`behaviour v2: refused
  3 examples for training, 2 for validation, 1 held out
                     MRR@20                   churn AUC
  popularity         0.2000 [0.1500, 0.2500]
  gradient boosting                           0.7000 [0.6500, 0.7500]
  challenger         0.5000 [0.4500, 0.5500]  0.8000 [0.7500, 0.8500]
  + Better than popularity.
  - Worse than champion.
`);
});

it('says how far a step is and how long it takes yet', () => {
  expect(stepLine('train behaviour', 0.4, 8, 'epoch 3.2 of at most 8')).toBe(
    `train behaviour      [${'#'.repeat(12)}${'.'.repeat(18)}]  40 %  12 s left  epoch 3.2 of at most 8`,
  );
  expect(stepLine('gate', 0, 1, '')).not.toContain('left');
});

it('draws over its line on a terminal, and writes one line a step elsewhere', () => {
  const shown = (isTTY: boolean): string => {
    let [text, now] = ['', 0];
    const print = progressPrinter({ isTTY, write: (part) => (text += part) }, () => (now += 1000));
    print({ step: 'train', model: 'behaviour', share: 0 });
    print({ step: 'train', model: 'behaviour', share: 0.5 });
    print({ step: 'gate', model: 'behaviour', share: 0 });
    return text;
  };
  expect(shown(false)).toBe('train behaviour\ngate behaviour\n');
  expect(shown(true).split('\r').length).toBe(4);
  expect(shown(true)).toContain('50 %  2 s left');
});
