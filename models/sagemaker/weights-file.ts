/** Weights as two files that any language reads: `weights.json` names them in order, `weights.bin` holds them. */
import * as z from 'zod/mini';
import { WellspringError } from '../../domain/errors.ts';
import type { NetworkConfig } from '../behaviour/config.ts';
import { ITEM, specs, type Weights } from '../behaviour/network.ts';

export interface WeightFiles {
  readonly 'weights.json': Uint8Array;
  /** Numbers of 32 bits, little-endian, one tensor after the other, row-major. */
  readonly 'weights.bin': Uint8Array;
}

const listSchema = z.object({
  weights: z.array(z.object({ name: z.string(), shape: z.array(z.int().check(z.nonnegative())) })),
});

/** Names and shapes of all weights of a network, the item table first. */
function shapesOf(config: NetworkConfig): [string, readonly number[]][] {
  const small = Object.entries(specs(config)).map(([name, { shape }]): [string, readonly number[]] => [
    name,
    shape,
  ]);
  return [[ITEM, [config.items, config.width]], ...small];
}

const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((product, dimension) => product * dimension, 1);

/** @throws RangeError when weights are missing or of another size. */
export function writeWeights(config: NetworkConfig, weights: Weights): WeightFiles {
  const shapes = shapesOf(config);
  const total = shapes.reduce((sum, [, shape]) => sum + sizeOf(shape), 0);
  const view = new DataView(new ArrayBuffer(4 * total));
  let at = 0;
  for (const [name, shape] of shapes) {
    const data = weights[name];
    if (data?.length !== sizeOf(shape))
      throw new RangeError(`the weights ${name} are not of shape [${shape}]`);
    for (const value of data) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  const list = { weights: shapes.map(([name, shape]) => ({ name, shape })) };
  return {
    'weights.json': new TextEncoder().encode(`${JSON.stringify(list)}\n`),
    'weights.bin': new Uint8Array(view.buffer),
  };
}

/** @throws WellspringError `model_corrupt` when the files do not hold exactly the weights of the network, or no numbers. */
export function readWeights(config: NetworkConfig, files: WeightFiles): Weights {
  const listed = new Map(listOf(files['weights.json']).map(({ name, shape }) => [name, shape]));
  const shapes = shapesOf(config);
  const wrong = shapes.find(([name, shape]) => `${listed.get(name)}` !== `${shape}`);
  if (wrong || listed.size !== shapes.length)
    throw corrupt(`weights.json does not list the network's weights${wrong ? `: ${wrong[0]}` : ''}`);
  const bytes = files['weights.bin'];
  const total = [...listed.values()].reduce((sum, shape) => sum + sizeOf(shape), 0);
  if (bytes.length !== 4 * total) throw corrupt(`weights.bin has ${bytes.length} bytes, not ${4 * total}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const weights: Weights = {};
  for (const [name, shape] of listed) {
    const data = new Float32Array(sizeOf(shape));
    for (let i = 0; i < data.length; i++, at += 4) data[i] = view.getFloat32(at, true);
    if (!data.every(Number.isFinite)) throw corrupt(`the weights ${name} are not all numbers`);
    weights[name] = data;
  }
  return weights;
}

const corrupt = (message: string, cause?: unknown): WellspringError =>
  new WellspringError('model_corrupt', message, { cause });

function listOf(bytes: Uint8Array): z.infer<typeof listSchema>['weights'] {
  try {
    return listSchema.parse(JSON.parse(new TextDecoder().decode(bytes))).weights;
  } catch (cause) {
    throw corrupt('weights.json is no list of weights', cause);
  }
}
