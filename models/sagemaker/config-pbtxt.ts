/**
 * Triton's model configuration (`config.pbtxt`, protobuf text format): written from a model's schema, and read back.
 * Only what this file writes is read; whatever else Triton knows is refused rather than dropped.
 */
import * as z from 'zod/mini';
import type { Datatype, ModelSchema, TensorSpec } from '../../domain/endpoint.ts';
import { WellspringError } from '../../domain/errors.ts';
import { type Message, parseTextFormat } from './text-format.ts';

export interface TritonConfig {
  /** Name of the model and of its folder. */
  readonly name: string;
  readonly schema: ModelSchema;
  /** Most rows in one run of the model. */
  readonly maxBatchSize: number;
  /** Sizes at which waiting requests are run at once; rising, none above `maxBatchSize`. */
  readonly preferredBatchSizes: readonly number[];
  /** How long a request may wait for others, microseconds. */
  readonly maxQueueDelayMicroseconds: number;
  readonly instances: { readonly kind: 'CPU' | 'GPU'; readonly count: number };
}

/** Names that need no escapes in the text format and make no path. */
const namePattern = /^[A-Za-z0-9][\w.-]*$/;

const typeOf = (datatype: Datatype): string => `TYPE_${datatype}`;

/**
 * @throws RangeError when a name, a size or a shape has no place in Triton's configuration: each tensor's first dimension
 * is the batch and must be -1, and there is another one.
 */
export function configText(config: TritonConfig): string {
  check(config);
  const { schema, instances } = config;
  return [
    `name: "${config.name}"`,
    'backend: "onnxruntime"',
    `max_batch_size: ${config.maxBatchSize}`,
    ...schema.inputs.map((spec) => tensorText('input', spec)),
    ...schema.outputs.map((spec) => tensorText('output', spec)),
    'dynamic_batching {',
    ...(config.preferredBatchSizes.length > 0
      ? [`  preferred_batch_size: [ ${config.preferredBatchSizes.join(', ')} ]`]
      : []),
    `  max_queue_delay_microseconds: ${config.maxQueueDelayMicroseconds}`,
    '}',
    'instance_group [',
    '  {',
    `    kind: KIND_${instances.kind}`,
    `    count: ${instances.count}`,
    '  }',
    ']',
    '',
  ].join('\n');
}

function tensorText(field: 'input' | 'output', { name, datatype, shape }: TensorSpec): string {
  return [
    `${field} [`,
    '  {',
    `    name: "${name}"`,
    `    data_type: ${typeOf(datatype)}`,
    `    dims: [ ${shape.slice(1).join(', ')} ]`,
    '  }',
    ']',
  ].join('\n');
}

function check({ name, schema, maxBatchSize, instances, ...batching }: TritonConfig): void {
  const whole = (n: number, least: number): boolean => Number.isSafeInteger(n) && n >= least;
  const tensors = [...schema.inputs, ...schema.outputs];
  for (const wrong of [name, ...tensors.map((tensor) => tensor.name)].filter((n) => !namePattern.test(n)))
    throw new RangeError(`"${wrong}" is no name for Triton`);
  for (const tensor of tensors) {
    const [batch, ...dims] = tensor.shape;
    if (batch !== -1) throw new RangeError(`the first dimension of ${tensor.name} is not the batch`);
    if (dims.length === 0)
      throw new RangeError(`${tensor.name} has no dimension but the batch; make it [batch, 1]`);
    if (dims.some((dimension) => dimension !== -1 && !whole(dimension, 1)))
      throw new RangeError(`${tensor.name} has a dimension that is neither -1 nor at least 1`);
  }
  const sizes = batching.preferredBatchSizes;
  if (!whole(maxBatchSize, 1)) throw new RangeError('the largest batch is not at least 1');
  if (sizes.some((size, i) => !whole(size, (sizes[i - 1] ?? 0) + 1) || size > maxBatchSize))
    throw new RangeError('preferred batch sizes do not rise, or exceed the largest batch');
  if (!whole(batching.maxQueueDelayMicroseconds, 0)) throw new RangeError('the queue delay is negative');
  if (!whole(instances.count, 1)) throw new RangeError('there is no instance');
}

const one = <T extends z.core.$ZodType>(value: T) => z.tuple([value]);
const text = one(z.string());
const size = one(z.int());
const tensor = z.strictObject({
  name: text,
  data_type: one(z.enum(['TYPE_FP32', 'TYPE_INT32', 'TYPE_INT64'])),
  dims: z.array(z.int()),
});
const configSchema = z.strictObject({
  name: text,
  backend: one(z.literal('onnxruntime')),
  max_batch_size: size,
  input: z.optional(z.array(tensor)),
  output: z.optional(z.array(tensor)),
  dynamic_batching: one(
    z.strictObject({
      preferred_batch_size: z.optional(z.array(z.int())),
      max_queue_delay_microseconds: size,
    }),
  ),
  instance_group: one(z.strictObject({ kind: one(z.enum(['KIND_CPU', 'KIND_GPU'])), count: size })),
});

const datatypes = { TYPE_FP32: 'FP32', TYPE_INT32: 'INT32', TYPE_INT64: 'INT64' } as const;

function specOf({ name, data_type, dims }: z.infer<typeof tensor>): TensorSpec {
  return { name: name[0], datatype: datatypes[data_type[0]], shape: [-1, ...dims] };
}

/** @throws WellspringError `model_corrupt` for anything that {@link configText} would not have written. */
export function parseConfig(source: string): TritonConfig {
  const found = configSchema.safeParse(messageOf(source));
  if (!found.success)
    throw new WellspringError('model_corrupt', 'config.pbtxt is none of ours', { cause: found.error });
  const { data } = found;
  const [batching] = data.dynamic_batching;
  const [group] = data.instance_group;
  const config: TritonConfig = {
    name: data.name[0],
    schema: { inputs: (data.input ?? []).map(specOf), outputs: (data.output ?? []).map(specOf) },
    maxBatchSize: data.max_batch_size[0],
    preferredBatchSizes: batching.preferred_batch_size ?? [],
    maxQueueDelayMicroseconds: batching.max_queue_delay_microseconds[0],
    instances: { kind: group.kind[0] === 'KIND_GPU' ? 'GPU' : 'CPU', count: group.count[0] },
  };
  try {
    check(config);
  } catch (cause) {
    throw new WellspringError('model_corrupt', 'config.pbtxt says what Triton would refuse', { cause });
  }
  return config;
}

function messageOf(source: string): Message {
  try {
    return parseTextFormat(source);
  } catch (cause) {
    throw new WellspringError('model_corrupt', 'config.pbtxt is not in the text format', { cause });
  }
}
