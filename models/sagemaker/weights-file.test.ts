import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../domain/random.ts';
import { initialWeights } from '../behaviour/network.ts';
import { trainingFiles } from './dataset.ts';
import { run, sequences } from './fixtures/example.ts';
import { readWeights, writeWeights } from './weights-file.ts';

const { network } = run;
const weights = initialWeights(network, seededRandom(2));
const files = writeWeights(network, weights);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const changed = (from: string, to: string) => ({
  ...files,
  'weights.json': new TextEncoder().encode(text(files['weights.json']).replace(from, to)),
});

describe('weights as files', () => {
  it('come back as they were, from any place in memory', () => {
    expect(readWeights(network, files)).toEqual(weights);
    const moved = new Uint8Array(files['weights.bin'].length + 1);
    moved.set(files['weights.bin'], 1);
    expect(readWeights(network, { ...files, 'weights.bin': moved.subarray(1) })).toEqual(weights);
  });

  it('are little-endian, the item table first', () => {
    const { buffer, byteOffset } = files['weights.bin'];
    expect(new DataView(buffer, byteOffset).getFloat32(4, true)).toBe(weights['item']?.[1]);
  });

  it('are refused when they are not the weights of the network', () => {
    const broken = files['weights.bin'].slice();
    broken.set([0, 0, 192, 127], 8);
    const wrong = [
      changed('"position"', '"place"'),
      changed('"shape":[42,12]', '"shape":[12,42]'),
      changed('}]}', '},{"name":"more","shape":[1]}]}'),
      changed('{', ''),
      { ...files, 'weights.bin': files['weights.bin'].subarray(4) },
      { ...files, 'weights.bin': broken },
    ];
    for (const each of wrong)
      expect(() => readWeights(network, each)).toThrow(expect.objectContaining({ code: 'model_corrupt' }));
    expect(readWeights(network, changed('nothing', ''))).toEqual(weights);
  });

  it('are not written when some are missing', () => {
    expect(() => writeWeights(network, { ...weights, position: new Float32Array(3) })).toThrow(RangeError);
    expect(() => writeWeights({ ...network, blocks: 3 }, weights)).toThrow(RangeError);
  });
});

describe('the files of a run', () => {
  it('hold configuration, sequences and the weights that a run in TypeScript would begin with', () => {
    const all = sequences(3);
    const made = trainingFiles(run, [...all, { items: Int32Array.of(2, 3) }]);
    expect(JSON.parse(text(made['config.json']))).toEqual(run);
    expect(JSON.parse(text(gunzipSync(made['sequences.json.gz'])))).toEqual({
      sequences: [...all, { items: [2, 3] }],
    });
    expect(readWeights(network, made)).toEqual(initialWeights(network, seededRandom(run.seed)));
  });
});
