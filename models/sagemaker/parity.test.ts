/**
 * The Python trainer and this one, on the same weights and batches. `fixtures/losses.json` was made by the Python one, and
 * holds the TypeScript side where there is no PyTorch; `WRITE_LOSSES=1 npx vitest run models/sagemaker/parity` makes it anew.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { seededRandom } from '../../domain/random.ts';
import { fit } from '../behaviour/fit.ts';
import { initialWeights, type Weights } from '../behaviour/network.ts';
import type { Sequence } from '../behaviour/sequence.ts';
import { freshState, Trainer } from '../behaviour/trainer.ts';
import { type TrainingRun, trainingFiles } from './dataset.ts';
import { replayOf, run, STEPS, sequences, steps } from './fixtures/example.ts';
import golden from './fixtures/losses.json' with { type: 'json' };
import { readWeights } from './weights-file.ts';

const PYTHON = '/usr/bin/python3';
const hasTorch = spawnSync(PYTHON, ['-c', 'import torch, numpy']).status === 0;
if (!hasTorch)
  console.log(`parity: ${PYTHON} has no PyTorch; the TypeScript trainer is held to stored losses only`);

const metricsSchema = z.object({ loss: z.array(z.number()), steps: z.int() });
const all = sequences(200);
const given = steps(all);
/** Seed of candidates and masks. */
const DRAWS = 9;

async function trained(): Promise<{ losses: number[]; weights: Weights }> {
  const state = freshState(run.network, seededRandom(run.seed));
  const trainer = new Trainer(run.network, run.training, state, all, {
    random: seededRandom(DRAWS),
    threads: 1,
  });
  const losses: number[] = [];
  for (const { batch, rate } of given) losses.push(await trainer.step(batch, rate));
  await trainer.release();
  return { losses, weights: state.weights };
}

const folder = mkdtempSync(join(tmpdir(), 'parity-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs train.py on a folder of its own. */
function python(config: TrainingRun, data: readonly Sequence[], options: readonly string[]) {
  const [input, out] = [join(folder, 'data'), join(folder, 'out')];
  mkdirSync(input, { recursive: true });
  for (const [name, bytes] of Object.entries(trainingFiles(config, data)))
    writeFileSync(join(input, name), bytes);
  const script = join(import.meta.dirname, 'train.py');
  const { status, stderr } = spawnSync(PYTHON, [script, input, '--out', out, '--cpu', ...options], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`train.py failed: ${stderr}`);
  const file = (name: string): Uint8Array => readFileSync(join(out, name));
  const metrics = metricsSchema.parse(JSON.parse(new TextDecoder().decode(file('metrics.json'))));
  const files = { 'weights.json': file('weights.json'), 'weights.bin': file('weights.bin') };
  return { ...metrics, files, weights: readWeights(config.network, files) };
}

/** Largest difference of any weight. A shift of all keys changes no attention: its gradient is rounding, which Adam enlarges. */
function apart(a: Weights, b: Weights): number {
  const names = Object.keys(a).filter((name) => !name.endsWith('.key.bias'));
  return Math.max(
    ...names.flatMap((name) =>
      Array.from(a[name] ?? [], (value, i) => Math.abs(value - (b[name]?.[i] ?? Number.NaN))),
    ),
  );
}

describe('the Python trainer and the TypeScript trainer', () => {
  let ours: Awaited<ReturnType<typeof trained>>;
  beforeAll(async () => {
    ours = await trained();
  });

  it('the example has twenty batches of several lengths, and its loss falls', () => {
    expect(given).toHaveLength(STEPS);
    expect(new Set(given.map(({ batch }) => batch.length)).size).toBeGreaterThan(3);
    expect(ours.losses.at(-1)).toBeLessThan(0.8 * (ours.losses[0] ?? 0));
  });

  it.skipIf(process.env['WRITE_LOSSES'] === '1')('TypeScript has the losses that Python stored', () => {
    expect(golden).toHaveLength(STEPS);
    golden.forEach((loss, i) => expect(Math.abs(loss - (ours.losses[i] ?? 0))).toBeLessThan(1e-4));
  });

  it.skipIf(!hasTorch)('Python has the same losses and weights (skipped without PyTorch)', () => {
    const replay = join(folder, 'replay.json');
    writeFileSync(replay, JSON.stringify(replayOf(all, given, seededRandom(DRAWS))));
    const theirs = python(run, all, ['--replay', replay]);
    if (process.env['WRITE_LOSSES'] === '1')
      writeFileSync(
        join(import.meta.dirname, 'fixtures', 'losses.json'),
        `${JSON.stringify(theirs.loss, null, 2)}\n`,
      );
    expect(theirs.loss).toHaveLength(STEPS);
    theirs.loss.forEach((loss, i) => expect(Math.abs(loss - (ours.losses[i] ?? 0))).toBeLessThan(1e-4));
    expect(apart(ours.weights, theirs.weights)).toBeLessThan(1e-4);
    expect(apart(initialWeights(run.network, seededRandom(run.seed)), theirs.weights)).toBeGreaterThan(1e-2);
  });

  it.skipIf(!hasTorch).each([true, false])(
    'from sequences to weights the same, where nothing is drawn; people come back: %s (skipped without PyTorch)',
    async (repeats) => {
      // One batch an epoch, all items as candidates, nothing dropped: no chance is left.
      const data = sequences(60).filter(({ items }) => items.length >= 7);
      const training = { ...run.training, tokens: 400, candidates: 100, dropout: 0, repeats };
      const plain: TrainingRun = { ...run, training };
      const { weights } = await fit({ sequences: data, config: run.network, training, seed: run.seed });
      const theirs = python(plain, data, []);
      expect(theirs.steps).toBe(training.epochs);
      expect(apart(weights, theirs.weights)).toBeLessThan(1e-4);
    },
  );

  it.skipIf(!hasTorch)('an interrupted run ends as one that was not (skipped without PyTorch)', () => {
    const whole = python(run, all, []);
    const checkpoints = join(folder, 'checkpoints');
    mkdirSync(checkpoints);
    const first = python(run, all, ['--checkpoints', checkpoints, '--stop-after', '1']);
    const rest = python(run, all, ['--checkpoints', checkpoints]);
    expect(first.steps).toBeLessThan(whole.steps);
    expect(rest.steps).toBe(whole.steps);
    expect(rest.loss).toEqual(whole.loss);
    expect(Buffer.compare(rest.files['weights.bin'], whole.files['weights.bin'])).toBe(0);
  });
});
