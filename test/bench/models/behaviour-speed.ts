/** How many sequences a second are trained on, here and by PyTorch on the same work. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { seededRandom } from '../../../domain/random.ts';
import { defaultTraining, type NetworkConfig } from '../../../models/behaviour/config.ts';
import { RESERVED, type Sequence } from '../../../models/behaviour/sequence.ts';
import { freshState, Trainer } from '../../../models/behaviour/trainer.ts';
import type { BenchOptions, BenchRow } from './row.ts';

/** The same numbers stand in behaviour-speed.py. */
const work = { items: 10_000, width: 64, heads: 2, blocks: 2, length: 50, batch: 64, candidates: 4096 };
const SET = 'made sequences, 10,000 items, 50 long, width 64, 2 blocks, 4,096 candidates';

const PYTHON = '/usr/bin/python3';

/** Both one after the other, on one thread each, the machine otherwise as it is. */
export async function trainingRows({ quick, progress }: BenchOptions): Promise<BenchRow[]> {
  const steps = quick ? 3 : 30;
  progress('training speed, ours');
  const ours = await oursPerSecond(steps);
  progress('training speed, PyTorch');
  const theirs = torchPerSecond(steps);
  return [
    {
      set: SET,
      model: 'training, behaviour transformer',
      metrics: { 'sequences/s': ours },
      source: 'ours',
      note: 'one thread; forward, backward, dropout and optimiser',
    },
    {
      set: SET,
      model: 'training, the same in PyTorch',
      metrics: theirs ? { 'sequences/s': theirs.rate } : {},
      source: 'measured in the same run',
      note: theirs
        ? `one thread; its large products run at ${theirs.product.toFixed(0)} GFLOP/s, which the BLAS it was built with decides`
        : `not run: ${PYTHON} has no torch`,
    },
  ];
}

async function oursPerSecond(steps: number): Promise<number> {
  const { batch, length, candidates, ...network } = work;
  const config: NetworkConfig = {
    ...network,
    items: network.items + RESERVED,
    length,
    scale: 16,
    outcomes: false,
  };
  const random = seededRandom(1);
  const sequences: Sequence[] = Array.from({ length: batch * (steps + 2) }, () => ({
    items: Int32Array.from({ length: length + 1 }, () => RESERVED + Math.floor(random() * network.items)),
  }));
  const training = { ...defaultTraining, tokens: batch * length, candidates };
  const trainer = new Trainer(config, training, freshState(config, random), sequences, {
    random,
    threads: 1,
  });
  const step = async (i: number): Promise<void> => {
    await trainer.step({ length, sequences: sequences.slice(i * batch, (i + 1) * batch) }, 1e-3);
  };
  // The first steps load the graph.
  await step(steps);
  await step(steps + 1);
  const begun = performance.now();
  for (let i = 0; i < steps; i++) await step(i);
  const seconds = (performance.now() - begun) / 1000;
  await trainer.release();
  return (steps * batch) / seconds;
}

interface Torch {
  readonly rate: number;
  /** GFLOP/s of a large product: a package without a fast BLAS is slow for that reason alone. */
  readonly product: number;
}

function torchPerSecond(steps: number): Torch | undefined {
  const script = join(import.meta.dirname, 'behaviour-speed.py');
  const { status, stdout } = spawnSync(PYTHON, [script, String(steps)], { encoding: 'utf8' });
  const [rate = 0, product = 0] = stdout.split(' ').map(Number);
  return status === 0 && rate > 0 ? { rate, product } : undefined;
}
