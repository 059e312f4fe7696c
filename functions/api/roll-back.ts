/** `POST /api/models/{name}/rollback`: the version that served before serves again. */
import * as z from 'zod/mini';
import type { Objects } from '../../domain/ports.ts';
import { type ModelRef, type Pointer, readPointer, rollback } from '../../models/registry/registry.ts';
import { readJson } from './body.ts';
import { described } from './parameters.ts';
import { Refused } from './replies.ts';
import type { Answer, Call } from './route.ts';

export const rollbackBody = z.object({
  from: described('the version that serves now, so that two who press at once go back once', z.string()),
});

export const rollbackReply = z.object({
  name: z.string(),
  champion: described('the version that serves now', z.string()),
});

/** @throws Refused `invalid_body`, `unknown_model`, `changed_meanwhile` or `nothing_earlier`. */
export async function rollBackModel({
  services,
  tenant,
  path,
  request,
  caller,
}: Call<{ name: string }, unknown>): Promise<Answer<z.output<typeof rollbackReply>>> {
  const { from } = readJson(rollbackBody, request);
  const ref = { tenant, name: path.name };
  const pointer = await pointerOf(services.objects, ref);
  if (pointer.champion !== from) throw new Refused('changed_meanwhile');
  if (pointer.previous.length === 0) throw new Refused('nothing_earlier');
  const why = `Rolled back by hand, by ${caller.role} ${caller.id}.`;
  const { champion } = await rollback(services.objects, ref, { now: services.clock.now(), why });
  return { value: { name: ref.name, champion: champion ?? '' } };
}

async function pointerOf(objects: Objects, ref: ModelRef): Promise<Pointer> {
  const pointer = await readPointer(objects, ref);
  if (!pointer) throw new Refused('unknown_model');
  return pointer;
}
