/** What every endpoint must do, wherever its model runs. The model doubles `x` and tells how many rows it was asked. */
import { expect, it } from 'vitest';
import type { Endpoint, ModelSchema, Tensor } from '../../domain/endpoint.ts';
import { encodeModel } from '../../models/engine/encode.ts';
import { Graph } from '../../models/engine/graph.ts';

export const MODEL = 'doubling';
export const VERSION = '3';

export const schema: ModelSchema = {
  inputs: [
    { name: 'x', datatype: 'FP32', shape: [-1, 2] },
    { name: 'n', datatype: 'INT64', shape: [-1] },
  ],
  outputs: [
    { name: 'y', datatype: 'FP32', shape: [-1, 2] },
    { name: 'm', datatype: 'INT64', shape: [-1] },
  ],
};

/** y = 2 x, m = n + n. */
export function doublingModel(): Uint8Array {
  const graph = new Graph();
  const x = graph.input('x', [-1, 2]);
  const n = graph.input('n', [-1], 'int64');
  graph.output('y', graph.node('Mul', [x, graph.scalar(2)], [-1, 2]));
  graph.output('m', graph.node('Add', [n, n], [-1], {}, 'int64'));
  return encodeModel(graph);
}

const inputs = (rows: number): Tensor[] => [
  {
    name: 'x',
    datatype: 'FP32',
    shape: [rows, 2],
    data: Float32Array.from({ length: rows * 2 }, (_, i) => i / 4),
  },
  {
    name: 'n',
    datatype: 'INT64',
    shape: [rows],
    data: BigInt64Array.from({ length: rows }, (_, i) => BigInt(i)),
  },
];

export function endpointContract(get: () => Endpoint): void {
  it('answers in the order of the schema, with its version', async () => {
    const found = await get().predict({ model: MODEL, inputs: inputs(3) });
    expect(found.outputs.map(({ name, datatype, shape }) => [name, datatype, [...shape]])).toEqual([
      ['y', 'FP32', [3, 2]],
      ['m', 'INT64', [3]],
    ]);
    expect([...(found.outputs[0]?.data ?? [])]).toEqual([0, 0.5, 1, 1.5, 2, 2.5]);
    expect([...(found.outputs[1]?.data ?? [])]).toEqual([0n, 2n, 4n]);
    expect(found.version).toBe(VERSION);
  });

  it('takes any number of rows, one after the other and at once', async () => {
    const sizes = [1, 7, 64, 2];
    const found = await Promise.all(
      sizes.map((rows) => get().predict({ model: MODEL, inputs: inputs(rows) })),
    );
    expect(found.map(({ outputs }) => outputs[1]?.shape[0])).toEqual(sizes);
  });

  it('keeps integers that are larger than a double holds', async () => {
    const large = 2n ** 61n + 1n;
    const [x, n] = inputs(1);
    if (!x || !n) throw new Error('two inputs');
    const asked = { name: 'n', datatype: 'INT64' as const, shape: [1], data: BigInt64Array.of(large) };
    const found = await get().predict({ model: MODEL, inputs: [x, asked] });
    expect(found.outputs[1]?.data[0]).toBe(2n * large);
  });

  it.each([
    ['a missing input', inputs(2).slice(1)],
    [
      'another shape',
      [
        { name: 'x', datatype: 'FP32', shape: [4], data: new Float32Array(4) } as const,
        ...inputs(2).slice(1),
      ],
    ],
    [
      'another type',
      [
        { name: 'x', datatype: 'INT64', shape: [2, 2], data: new BigInt64Array(4) } as const,
        ...inputs(2).slice(1),
      ],
    ],
  ])('refuses %s', async (_, wrong) => {
    await expect(get().predict({ model: MODEL, inputs: wrong })).rejects.toMatchObject({
      code: 'model_refused',
      retryable: false,
    });
  });
}
