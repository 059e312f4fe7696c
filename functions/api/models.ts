/** `GET /api/models`: what was trained, how good it is, what serves and why. */
import * as z from 'zod/mini';
import { manifestSchema } from '../../models/registry/manifest.ts';
import { list, readPointer } from '../../models/registry/registry.ts';
import { readWatch, watchSchema } from '../../models/registry/watch.ts';
import { described, optional } from './parameters.ts';
import { Refused } from './replies.ts';
import type { Answer, Call } from './route.ts';

const summary = z.object({
  version: z.string(),
  createdAt: z.string(),
  serves: z.boolean(),
  metrics: described('on the hold-out, with 95 % intervals', manifestSchema.shape.metrics),
  dataDigest: described('SHA-256 of the training set', z.string()),
  gate: manifestSchema.shape.gate,
});

const watched = described('how the serving version does on what came since', watchSchema);

export const modelsReply = z.object({
  models: z.array(
    z.object({
      name: z.string(),
      champion: z.optional(z.string()),
      versions: z.array(summary),
      watch: z.optional(watched),
    }),
  ),
});

export const modelReply = z.object({
  name: z.string(),
  champion: z.optional(z.string()),
  serving: described(
    'since when the champion serves and why, and to which versions one can go back, the latest last',
    z.optional(z.object({ since: z.string(), why: z.string(), previous: z.array(z.string()) })),
  ),
  watch: z.optional(watched),
  versions: described('everything that is known about each version, newest first', z.array(manifestSchema)),
});

export async function readModels({
  services,
  tenant,
}: Call<unknown, unknown>): Promise<Answer<z.output<typeof modelsReply>>> {
  const models = await list(services.objects, tenant);
  const watches = await Promise.all(models.map(({ name }) => readWatch(services.objects, { tenant, name })));
  return {
    value: {
      models: models.map(({ name, champion, versions }, i) => ({
        name,
        ...(watches[i] && { watch: watches[i] }),
        ...(champion === undefined ? {} : { champion }),
        versions: versions.map(({ version, createdAt, metrics, dataDigest, gate }) => ({
          version,
          createdAt,
          serves: version === champion,
          metrics,
          dataDigest,
          gate,
        })),
      })),
    },
  };
}

/** @throws Refused `unknown_model`. */
export async function readModel({
  services,
  tenant,
  path,
}: Call<{ name: string }, unknown>): Promise<Answer<z.output<typeof modelReply>>> {
  const found = (await list(services.objects, tenant)).find(({ name }) => name === path.name);
  if (!found) throw new Refused('unknown_model');
  const { name, champion, versions } = found;
  const ref = { tenant, name };
  const [pointer, watch] = await Promise.all([
    readPointer(services.objects, ref),
    readWatch(services.objects, ref),
  ]);
  return {
    value: {
      name,
      ...optional('champion', champion),
      ...(pointer && { serving: { since: pointer.at, why: pointer.why, previous: pointer.previous } }),
      ...optional('watch', watch),
      versions: [...versions],
    },
  };
}
