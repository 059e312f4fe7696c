/**
 * The Python trainer and this one, on the same weights and batches. `fixtures/losses.json` was made by the Python one, and
 * holds the TypeScript side where there is no PyTorch; `WRITE_LOSSES=1 npx vitest run models/sagemaker/parity` makes it anew.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { seededRandom } from '../../domain/random.ts';
import { Candidates } from '../behaviour/candidates.ts';
import { fit } from '../behaviour/fit.ts';
import { initialWeights, type Weights } from '../behaviour/network.ts';
import type { Sequence } from '../behaviour/sequence.ts';
import { freshState, Trainer } from '../behaviour/trainer.ts';
import { type TrainingRun, trainingFiles } from './dataset.ts';
import { replayOf, run, STEPS, sequences, steps, targetCounts } from './fixtures/example.ts';
import golden from './fixtures/losses.json' with { type: 'json' };
import { training } from './fixtures/requests.ts';
import { createTrainingJob } from './requests.ts';
import { readWeights } from './weights-file.ts';

const PYTHON = '/usr/bin/python3';
const LOOK = 'from importlib.util import find_spec as f; exit(not (f("torch") and f("numpy")))';
const hasTorch = existsSync(PYTHON) && spawnSync(PYTHON, ['-c', LOOK]).status === 0;
if (!hasTorch)
  console.log(`parity: ${PYTHON} has no PyTorch; the TypeScript trainer is held to stored losses only`);
const writes = process.env['WRITE_LOSSES'] === '1';

/** Seed of candidates and masks. */
const DRAWS = 9;
const all = sequences(200);
const given = steps(all);
/** One batch an epoch, all items as candidates, nothing dropped: no chance is left. Two of three sequences are padded. */
const few = sequences(60).filter(({ items }) => items.length >= 7);
const certain = (repeats: boolean): TrainingRun => ({
  ...run,
  training: { ...run.training, tokens: 400, candidates: 100, dropout: 0, repeats },
});

const root = mkdtempSync(join(tmpdir(), 'parity-'));
afterAll(() => rmSync(root, { recursive: true }));

function folder(name: string, config: TrainingRun, data: readonly Sequence[]): string {
  const path = join(root, name);
  mkdirSync(path);
  for (const [file, bytes] of Object.entries(trainingFiles(config, data)))
    writeFileSync(join(path, file), bytes);
  return path;
}

/** Loading PyTorch takes longer than all of this: one process for everything, and the shares of one drawn batch. */
const DRIVER = `
import json, pathlib, sys
sys.path.insert(0, sys.argv[1])
import torch, train
for arguments in json.loads(sys.argv[2]):
    train.main(arguments)
data = pathlib.Path(sys.argv[3])
config = json.loads((data / "config.json").read_text())
sequences = json.loads(train.gzip.decompress((data / "sequences.json.gz").read_bytes()))["sequences"]
held = train.Data(sequences, config, torch.device("cpu"))
batch = held.lay(torch.arange(6), config["network"]["length"])
shares = batch["shares"].amin(0).tolist()
asked = int((batch["weights"] > 0).sum())
distinct = len(set(batch["candidates"][batch["targets"][batch["weights"] > 0]].tolist()))
(data / "drawn.json").write_text(json.dumps([batch["candidates"].tolist(), shares, asked, distinct]))
`;

/** What it printed. */
function runPython(): string {
  const replay = join(root, 'replay.json');
  writeFileSync(replay, JSON.stringify(replayOf(all, given, seededRandom(DRAWS))));
  const data = folder('data', run, all);
  const kept = join(root, 'checkpoints');
  mkdirSync(kept);
  const to = (name: string, ...rest: string[]): string[] => [
    '--cpu',
    '--out',
    join(root, 'out', name),
    ...rest,
  ];
  const runs = [
    to('replay', data, '--replay', replay),
    to('repeats', folder('repeats', certain(true), few)),
    to('once', folder('once', certain(false), few)),
    to('whole', data),
    to('first', data, '--checkpoints', kept, '--stop-after', '1'),
    to('rest', data, '--checkpoints', kept),
  ];
  const { status, stdout, stderr } = spawnSync(
    PYTHON,
    ['-c', DRIVER, import.meta.dirname, JSON.stringify(runs), data],
    {
      encoding: 'utf8',
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', OMP_NUM_THREADS: '1' },
    },
  );
  if (status !== 0) throw new Error(`train.py failed: ${stderr}`);
  return stdout;
}

const metricsSchema = z.object({ loss: z.array(z.number()), steps: z.int() });

function python(name: string) {
  const file = (part: string): Uint8Array => readFileSync(join(root, 'out', name, part));
  const metrics = metricsSchema.parse(JSON.parse(new TextDecoder().decode(file('metrics.json'))));
  const bytes = file('weights.bin');
  const weights = readWeights(run.network, { 'weights.json': file('weights.json'), 'weights.bin': bytes });
  return { ...metrics, bytes, weights };
}

/** Largest difference of any weight. A shift of all keys changes no attention: its gradient is rounding, which Adam enlarges. */
function apart(a: Weights, b: Weights): number {
  const names = Object.keys(a).filter((name) => !name.endsWith('.key.bias'));
  const differences = names.map((name) =>
    Math.max(...Array.from(a[name] ?? [], (value, i) => Math.abs(value - (b[name]?.[i] ?? Number.NaN)))),
  );
  return Math.max(...differences);
}

async function trained(): Promise<{ losses: number[]; weights: Weights }> {
  const state = freshState(run.network, seededRandom(run.seed));
  const options = { random: seededRandom(DRAWS), threads: 1 };
  const trainer = new Trainer(run.network, run.training, state, all, options);
  const losses: number[] = [];
  for (const { batch, rate } of given) losses.push(await trainer.step(batch, rate));
  await trainer.release();
  return { losses, weights: state.weights };
}

describe('the TypeScript trainer', () => {
  it('has the losses that Python stored, on twenty batches of several lengths', async () => {
    expect(given).toHaveLength(STEPS);
    expect(new Set(given.map(({ batch }) => batch.length)).size).toBeGreaterThan(3);
    const { losses } = await trained();
    expect(losses.at(-1)).toBeLessThan(0.8 * (losses[0] ?? 0));
    if (writes) return;
    expect(golden).toHaveLength(STEPS);
    golden.forEach((loss, i) => expect(Math.abs(loss - (losses[i] ?? 0))).toBeLessThan(1e-4));
  });
});

describe.skipIf(!hasTorch)('the Python trainer (skipped without PyTorch)', () => {
  let printed = '';
  beforeAll(() => {
    printed = runPython();
  });

  it('has the same losses and weights on the same batches', async () => {
    const [ours, theirs] = [await trained(), python('replay')];
    const text = `${JSON.stringify(theirs.loss, null, 2)}\n`;
    if (writes) writeFileSync(join(import.meta.dirname, 'fixtures', 'losses.json'), text);
    expect(theirs.loss).toHaveLength(STEPS);
    theirs.loss.forEach((loss, i) => expect(Math.abs(loss - (ours.losses[i] ?? 0))).toBeLessThan(1e-4));
    expect(apart(ours.weights, theirs.weights)).toBeLessThan(1e-4);
    expect(apart(initialWeights(run.network, seededRandom(run.seed)), theirs.weights)).toBeGreaterThan(1e-2);
  });

  it.each(['repeats', 'once'])(
    'comes from sequences to the same weights where nothing is drawn: %s',
    async (name) => {
      const { network, training: how, seed } = certain(name === 'repeats');
      const { weights } = await fit({ sequences: few, config: network, training: how, seed });
      const theirs = python(name);
      expect(theirs.steps).toBe(how.epochs);
      expect(apart(weights, theirs.weights)).toBeLessThan(1e-4);
    },
  );

  it('corrects drawn candidates by the same chances', () => {
    const drawnSchema = z.tuple([z.array(z.int()), z.array(z.number()), z.int(), z.int()]);
    const text = readFileSync(join(root, 'data', 'drawn.json'), 'utf8');
    const [rows, shares, asked, distinct] = drawnSchema.parse(JSON.parse(text));
    expect(new Set(rows).size).toBe(run.training.candidates);
    // As many targets, as many of them different: then a row's chance is the same, whatever else was drawn.
    const targets = [...rows.slice(0, distinct), ...Array<number>(asked - distinct).fill(rows[0] ?? 0)];
    const ours = new Candidates(targetCounts(all, run.network.items), seededRandom(1)).draw(
      targets,
      rows.length,
    );
    const chances = new Map(ours.rows.map((row, i) => [row, ours.shares[i] ?? 0]));
    const both = rows.flatMap((row, i) => {
      const chance = chances.get(row);
      return chance === undefined ? [] : [Math.abs(chance - (shares[i] ?? 0))];
    });
    expect(both.length).toBeGreaterThan(distinct);
    expect(Math.max(...both)).toBeLessThan(1e-6);
  });

  it('prints figures where the job looks for them', () => {
    const { MetricDefinitions } = createTrainingJob(training).AlgorithmSpecification;
    const found = MetricDefinitions.map(({ Regex }) => Number(printed.match(Regex)?.[1]));
    for (const figure of found) expect(figure).toBeGreaterThan(0);
  });

  it('ends an interrupted run as one that was not', () => {
    const [whole, first, rest] = [python('whole'), python('first'), python('rest')];
    expect(first.steps).toBeLessThan(whole.steps);
    expect(rest.loss).toEqual(whole.loss);
    expect(Buffer.compare(rest.bytes, whole.bytes)).toBe(0);
  });
});
