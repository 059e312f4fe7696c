import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../domain/random.ts';
import { networkSchema } from '../behaviour/config.ts';
import { initialWeights } from '../behaviour/network.ts';
import { servingGraph, servingSchema } from '../behaviour/serving-graph.ts';
import { encodeModel } from '../engine/encode.ts';
import { Session } from '../engine/session.ts';
import { tritonVersion, versionAt } from '../registry/registry.ts';
import { parseConfig, type TritonConfig } from './config-pbtxt.ts';
import { packTriton } from './pack.ts';
import { tar } from './tar.ts';

const network = networkSchema.parse({
  items: 12,
  width: 4,
  heads: 2,
  blocks: 1,
  length: 5,
  scale: 8,
  fields: { kind: 4, category: 3, price: 3, gap: 3 },
  outcomes: true,
});
const onnx = encodeModel(servingGraph(network, initialWeights(network, seededRandom(3)), 5));
const config: TritonConfig = {
  name: 'behaviour',
  schema: servingSchema(network, 5),
  maxBatchSize: 32,
  preferredBatchSizes: [8, 32],
  maxQueueDelayMicroseconds: 500,
  instances: { kind: 'CPU', count: 1 },
};

/** Paths and contents, read by the format's own description. */
function untar(archive: Uint8Array): Map<string, Uint8Array> {
  const text = (at: number, length: number): string =>
    new TextDecoder().decode(archive.subarray(at, at + length)).replace(/\0.*$/s, '');
  const found = new Map<string, Uint8Array>();
  for (let at = 0; text(at, 100) !== ''; ) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    found.set(text(at, 100), archive.slice(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return found;
}

const hasTar = spawnSync('tar', ['--version']).status === 0;

describe('packing for Triton', () => {
  it('holds the configuration and a model that loads, in the folders Triton reads', async () => {
    const files = untar(gunzipSync(packTriton(config, onnx, 7)));
    expect([...files.keys()]).toEqual(['behaviour/config.pbtxt', 'behaviour/7/model.onnx']);
    const read = parseConfig(new TextDecoder().decode(files.get('behaviour/config.pbtxt')));
    expect(read).toEqual(config);
    const session = await Session.load(files.get('behaviour/7/model.onnx') ?? new Uint8Array());
    expect([...session.inputs].sort()).toEqual(read.schema.inputs.map(({ name }) => name).sort());
    await session.release();
  });

  it('gives the same bytes each time, without a date or a system', () => {
    const packed = packTriton(config, onnx, 7);
    expect(packTriton(config, onnx, 7)).toEqual(packed);
    expect([...packed.subarray(4, 8), packed[9]]).toEqual([0, 0, 0, 0, 255]);
  });

  it.skipIf(!hasTar)('is unpacked by tar (skipped where there is none)', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pack-'));
    try {
      writeFileSync(join(folder, 'model.tar.gz'), packTriton(config, onnx, 7));
      const { status, stderr } = spawnSync('tar', ['-xzf', 'model.tar.gz'], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(Buffer.compare(readFileSync(join(folder, 'behaviour/7/model.onnx')), onnx)).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('fills whole blocks, whatever the size of a file', () => {
    for (const size of [0, 1, 511, 512, 513]) {
      const archive = tar([{ path: 'a', data: new Uint8Array(size).fill(7) }]);
      expect(archive.length % 512).toBe(0);
      expect(untar(archive).get('a')).toEqual(new Uint8Array(size).fill(7));
    }
  });

  it('counts versions by their time, and refuses others', () => {
    expect(tritonVersion(versionAt(Date.UTC(2026, 10, 23, 21, 14, 51), '0'.repeat(64)))).toBe(20261123211451);
    expect(tritonVersion('first')).toBe(1);
    for (const number of [0, 1.5, -1]) expect(() => packTriton(config, onnx, number)).toThrow(RangeError);
  });

  it('refuses paths that do not fit', () => {
    expect(() => tar([{ path: 'é'.repeat(51), data: new Uint8Array() }])).toThrow(RangeError);
    expect(() => tar([{ path: '', data: new Uint8Array() }])).toThrow(RangeError);
  });
});
