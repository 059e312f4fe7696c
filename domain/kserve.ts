/** Tensors as JSON in KServe's v2 inference protocol, which Triton and SageMaker's Triton container speak. */
import * as z from 'zod/mini';
import type { Tensor } from './endpoint.ts';
import { WellspringError } from './errors.ts';

const integers = z.array(z.union([z.int(), z.string().check(z.regex(/^-?\d{1,19}$/))]));
const tensorSchema = z.discriminatedUnion('datatype', [
  z.object({
    name: z.string(),
    datatype: z.literal('FP32'),
    shape: z.array(z.int()),
    data: z.array(z.number()),
  }),
  z.object({
    name: z.string(),
    datatype: z.literal('INT32'),
    shape: z.array(z.int()),
    data: z.array(z.int()),
  }),
  z.object({ name: z.string(), datatype: z.literal('INT64'), shape: z.array(z.int()), data: integers }),
]);
const requestSchema = z.object({ id: z.optional(z.string()), inputs: z.array(tensorSchema) });
const responseSchema = z.object({
  model_name: z.string(),
  model_version: z.optional(z.string()),
  outputs: z.array(tensorSchema),
});

type Wire = z.infer<typeof tensorSchema>;

/** Integers beyond 2^53 would lose digits as JSON numbers. */
const plain = (value: bigint): number | string =>
  value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value.toString();

const toWire = ({ name, datatype, shape, data }: Tensor): object => ({
  name,
  datatype,
  shape,
  data: data instanceof BigInt64Array ? Array.from(data, plain) : Array.from(data),
});

/** @throws WellspringError `model_refused` when there are more or fewer numbers than the shape says. */
function fromWire(wire: Wire): Tensor {
  const { name, shape } = wire;
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  if (shape.some((dimension) => dimension < 0) || size !== wire.data.length)
    throw new WellspringError(
      'model_refused',
      `${name} has ${wire.data.length} numbers, its shape [${shape}] says ${size}`,
    );
  switch (wire.datatype) {
    case 'FP32':
      return { name, shape, datatype: 'FP32', data: Float32Array.from(wire.data) };
    case 'INT32':
      return { name, shape, datatype: 'INT32', data: Int32Array.from(wire.data) };
    case 'INT64':
      return { name, shape, datatype: 'INT64', data: BigInt64Array.from(wire.data, BigInt) };
  }
}

export const requestText = (inputs: readonly Tensor[]): string =>
  JSON.stringify({ inputs: inputs.map(toWire) });

/** @throws WellspringError `model_refused` that says what is wrong. */
export function readRequest(text: string): { readonly id: string | undefined; readonly inputs: Tensor[] } {
  const { id, inputs } = parsed(requestSchema, text, 'model_refused');
  return { id, inputs: inputs.map(fromWire) };
}

export const responseText = (
  model: string,
  version: string,
  outputs: readonly Tensor[],
  id?: string,
): string =>
  JSON.stringify({
    ...(id === undefined ? {} : { id }),
    model_name: model,
    model_version: version,
    outputs: outputs.map(toWire),
  });

/** @throws WellspringError `model_unavailable`: what is no answer in this protocol comes from no model. */
export function readResponse(text: string): {
  readonly model: string;
  readonly version: string;
  readonly outputs: Tensor[];
} {
  const { model_name, model_version = '', outputs } = parsed(responseSchema, text, 'model_unavailable');
  return { model: model_name, version: model_version, outputs: outputs.map(fromWire) };
}

function parsed<T extends z.ZodMiniType>(
  schema: T,
  text: string,
  code: 'model_refused' | 'model_unavailable',
): z.infer<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new WellspringError(code, 'the body is no JSON', { cause });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const where = result.error.issues[0];
  throw new WellspringError(
    code,
    `the body is no KServe v2 message: ${where?.path.join('.')}: ${where?.message}`,
  );
}
