/**
 * Trained models in an object store: `models/<tenant>/<name>/<version>/...`, never changed once written, and one object
 * `current.json` per model that says which version serves. Promotion and rollback are one write of that object.
 */
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { WellspringError } from '../../domain/errors.ts';
import { type Objects, pages } from '../../domain/ports.ts';
import { type Manifest, type ModelPackage, manifestSchema } from './manifest.ts';

const pointerSchema = z.object({
  contract: z.literal(1),
  champion: z.nullable(z.string()),
  /** Earlier champions, the latest last. */
  previous: z.array(z.string()),
  /** ISO 8601, UTC. */
  at: z.string(),
  why: z.string(),
});
export type Pointer = z.infer<typeof pointerSchema>;

/** Names a model of a tenant. */
export interface ModelRef {
  readonly tenant: string;
  readonly name: string;
}

/** Champions that a rollback can return to. */
const REMEMBERED = 20;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

const folderOf = ({ tenant, name }: ModelRef): string => `models/${tenant}/${name}/`;
const pointerKey = (ref: ModelRef): string => `${folderOf(ref)}current.json`;
const digestOf = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');
const configDigestOf = ({ config }: Pick<Manifest, 'config'>): string =>
  digestOf(encoder.encode(JSON.stringify(config)));
const toBytes = (value: object): Uint8Array => encoder.encode(`${JSON.stringify(value, null, 2)}\n`);

/** A version name that sorts by time: `20260131T093000Z-1a2b3c4d`. */
export const versionAt = (now: number, dataDigest: string): string =>
  `${new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${dataDigest.slice(0, 8)}`;

/**
 * Triton's versions are whole numbers: the first fourteen digits of ours, which are the date and time in it. 1 where there
 * are fewer.
 */
export function tritonVersion(version: string): number {
  const digits = version.replaceAll(/\D/g, '').slice(0, 14);
  return digits.length === 14 ? Number(digits) : 1;
}

/** Stores a version; it does not serve yet. The manifest comes last: a version without one does not exist. */
export async function publish(objects: Objects, tenant: string, model: ModelPackage): Promise<Manifest> {
  const { name, version } = model.manifest;
  const folder = `${folderOf({ tenant, name })}${version}/`;
  const files: Record<string, string> = {};
  for (const [file, data] of Object.entries(model.files)) {
    await objects.put(`${folder}${file}`, data);
    files[file] = digestOf(data);
  }
  const manifest = { ...model.manifest, configDigest: configDigestOf(model.manifest), files };
  await objects.put(`${folder}manifest.json`, toBytes(manifest));
  return manifest;
}

/** Who serves, and who did; undefined before anything was promoted. */
export async function readPointer(objects: Objects, ref: ModelRef): Promise<Pointer | undefined> {
  const data = await objects.get(pointerKey(ref));
  return data && read(pointerSchema, data, `${ref.name}/current.json`);
}

/** Makes a version serve. `now`: ms since the epoch. @throws WellspringError `model_unknown`. */
export async function promote(
  objects: Objects,
  ref: ModelRef,
  version: string,
  { now, why }: { readonly now: number; readonly why: string },
): Promise<Pointer> {
  await readManifest(objects, ref, version);
  const known = await readPointer(objects, ref);
  if (known?.champion === version) return known;
  const previous = known?.champion ? [...known.previous, known.champion].slice(-REMEMBERED) : [];
  return writePointer(objects, ref, { contract: 1, champion: version, previous, at: iso(now), why });
}

/** Returns to the champion before. @throws WellspringError `model_unknown` when there is none. */
export async function rollback(
  objects: Objects,
  ref: ModelRef,
  { now, why }: { readonly now: number; readonly why: string },
): Promise<Pointer> {
  const known = await readPointer(objects, ref);
  const champion = known?.previous.at(-1);
  if (!known || champion === undefined)
    throw new WellspringError('model_unknown', `${ref.name} has no earlier version to return to`);
  await readManifest(objects, ref, champion);
  return writePointer(objects, ref, {
    contract: 1,
    champion,
    previous: known.previous.slice(0, -1),
    at: iso(now),
    why,
  });
}

/** Nobody serves any more; the fallbacks do. */
export const withdraw = (
  objects: Objects,
  ref: ModelRef,
  { now, why }: { readonly now: number; readonly why: string },
): Promise<Pointer> =>
  writePointer(objects, ref, { contract: 1, champion: null, previous: [], at: iso(now), why });

async function writePointer(objects: Objects, ref: ModelRef, pointer: Pointer): Promise<Pointer> {
  await objects.put(pointerKey(ref), toBytes(pointer));
  return pointer;
}

/** @throws WellspringError `model_unknown` or `model_corrupt`. */
export async function readManifest(objects: Objects, ref: ModelRef, version: string): Promise<Manifest> {
  const data = await objects.get(`${folderOf(ref)}${version}/manifest.json`);
  if (!data) throw new WellspringError('model_unknown', `${ref.name} has no version ${version}`);
  const manifest = read(manifestSchema, data, `${ref.name}/${version}/manifest.json`);
  if (manifest.configDigest !== configDigestOf(manifest))
    throw new WellspringError('model_corrupt', `the configuration of ${ref.name} ${version} was changed`);
  return manifest;
}

/** One file of a version, checked against the manifest. @throws WellspringError `model_corrupt`. */
export async function readFile(
  objects: Objects,
  ref: ModelRef,
  manifest: Manifest,
  file: string,
): Promise<Uint8Array> {
  const data = await objects.get(`${folderOf(ref)}${manifest.version}/${file}`);
  if (!data || digestOf(data) !== manifest.files[file])
    throw new WellspringError(
      'model_corrupt',
      `${file} of ${ref.name} ${manifest.version} is missing or changed`,
    );
  return data;
}

/** The serving version's manifest; undefined when none serves. */
export async function readCurrent(objects: Objects, ref: ModelRef): Promise<Manifest | undefined> {
  const pointer = await readPointer(objects, ref);
  return pointer?.champion ? readManifest(objects, ref, pointer.champion) : undefined;
}

export interface Listed {
  readonly name: string;
  readonly champion: string | undefined;
  /** Newest first. */
  readonly versions: readonly Manifest[];
}

/** All models of a tenant with all their versions, by name. */
export async function list(objects: Objects, tenant: string): Promise<Listed[]> {
  const found = new Map<string, string[]>();
  const prefix = `models/${tenant}/`;
  for await (const files of pages((from) => objects.list({ prefix, ...from }))) {
    for (const { key } of files) {
      const [name = '', version = '', file] = key.slice(prefix.length).split('/');
      if (file === 'manifest.json') found.set(name, [...(found.get(name) ?? []), version]);
    }
  }
  return Promise.all(
    [...found]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(async ([name, versions]) => {
        const ref = { tenant, name };
        const pointer = await readPointer(objects, ref);
        const sorted = versions.sort().reverse();
        const manifests = await Promise.all(sorted.map((version) => readManifest(objects, ref, version)));
        return { name, champion: pointer?.champion ?? undefined, versions: manifests };
      }),
  );
}

function read<T extends z.ZodMiniType>(schema: T, data: Uint8Array, what: string): z.infer<T> {
  try {
    return schema.parse(JSON.parse(decoder.decode(data)));
  } catch (cause) {
    throw new WellspringError('model_corrupt', `${what} cannot be read`, { cause });
  }
}

const iso = (ms: number): string => new Date(ms).toISOString();
