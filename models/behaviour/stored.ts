/** Weights and training states as bytes: a line of JSON that names the arrays, then the arrays, one after the other. */
import * as z from 'zod/mini';
import { networkSchema } from './config.ts';
import type { Checkpoint } from './fit.ts';
import type { TrainedSessions } from './train-sessions.ts';

const headerSchema = z.object({
  /** Name and number of floats, in order. */
  arrays: z.array(z.tuple([z.string(), z.int()])),
  facts: z.unknown(),
});

type Arrays = Record<string, Float32Array>;

function toBytes(arrays: Arrays, facts: unknown): Uint8Array {
  const list = Object.entries(arrays);
  const named = list.map(([name, array]) => [name, array.length]);
  const header = new TextEncoder().encode(`${JSON.stringify({ arrays: named, facts })}\n`);
  const size = list.reduce((total, [, array]) => total + array.byteLength, header.length);
  const out = new Uint8Array(size);
  out.set(header);
  let at = header.length;
  for (const [, array] of list) {
    out.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += array.byteLength;
  }
  return out;
}

/** @throws ZodError, SyntaxError or RangeError when the bytes are not whole. */
function fromBytes(bytes: Uint8Array): { arrays: Arrays; facts: unknown } {
  const end = bytes.indexOf(10);
  const { arrays, facts } = headerSchema.parse(JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))));
  let at = end + 1;
  const read: Arrays = {};
  for (const [name, length] of arrays) {
    // Copied: floats must begin at a multiple of four, and slice() of a Buffer makes no copy.
    read[name] = new Float32Array(new Uint8Array(bytes.subarray(at, at + length * 4)).buffer);
    at += length * 4;
    if (at > bytes.length) throw new RangeError(`the array ${name} is cut off`);
  }
  return { arrays: read, facts };
}

const trainedSchema = z.object({
  config: networkSchema,
  epochs: z.int(),
  figure: z.optional(z.number()),
});

export const storeSessions = ({ config, weights, epochs, figure }: TrainedSessions): Uint8Array =>
  toBytes(weights, { config, epochs, figure });

/** @throws ZodError, SyntaxError or RangeError when the bytes are not those of {@link storeSessions}. */
export function readSessions(bytes: Uint8Array): TrainedSessions {
  const { arrays, facts } = fromBytes(bytes);
  const { config, epochs, figure } = trainedSchema.parse(facts);
  return { config, weights: arrays, epochs, figure };
}

const checkpointSchema = z.object({
  step: z.int(),
  epoch: z.int(),
  best: z.optional(z.object({ figure: z.number(), epoch: z.int() })),
});

export function storeCheckpoint({ state, epoch, best }: Checkpoint): Uint8Array {
  const arrays: Arrays = {};
  for (const [name, array] of Object.entries(state.weights)) arrays[`weights ${name}`] = array;
  for (const [name, { first, second }] of Object.entries(state.moments)) {
    arrays[`first ${name}`] = first;
    arrays[`second ${name}`] = second;
  }
  for (const [name, array] of Object.entries(best?.weights ?? {})) arrays[`best ${name}`] = array;
  const facts = {
    step: state.step,
    epoch,
    ...(best && { best: { figure: best.figure, epoch: best.epoch } }),
  };
  return toBytes(arrays, facts);
}

/** @throws ZodError, SyntaxError or RangeError when the bytes are not those of {@link storeCheckpoint}. */
export function readCheckpoint(bytes: Uint8Array): Checkpoint {
  const { arrays, facts } = fromBytes(bytes);
  const { step, epoch, best } = checkpointSchema.parse(facts);
  const part = (group: string): Arrays =>
    Object.fromEntries(
      Object.entries(arrays).flatMap(([name, array]) =>
        name.startsWith(`${group} `) ? [[name.slice(group.length + 1), array]] : [],
      ),
    );
  const [weights, first, second] = [part('weights'), part('first'), part('second')];
  const moments = Object.fromEntries(
    Object.keys(weights).map((name) => {
      const [one, two] = [first[name], second[name]];
      if (!one || !two) throw new RangeError(`there are no moments of ${name}`);
      return [name, { first: one, second: two }];
    }),
  );
  return { state: { weights, moments, step }, epoch, best: best && { ...best, weights: part('best') } };
}
