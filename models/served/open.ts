/** What serves now, read from the registry and kept until another version does. */
import * as z from 'zod/mini';
import type { Clock, Objects } from '../../domain/ports.ts';
import { type Calibrators, calibratorsSchema } from '../behaviour/calibration.ts';
import { Vocabulary } from '../behaviour/vocabulary.ts';
import { type BlendModel, blendSchema } from '../blend/blend.ts';
import type { ClassesModel } from '../classes/classes.ts';
import { restoreClasses } from '../classes/stored.ts';
import { Catalogue } from '../neighbours/catalogue.ts';
import type { Manifest } from '../registry/manifest.ts';
import { readFile } from '../registry/registry.ts';
import { WholeVersions } from './whole.ts';

export interface ServedBehaviour {
  readonly version: string;
  readonly vocabulary: Vocabulary;
  readonly calibrators: Calibrators;
  readonly blend: BlendModel;
  /** Tokens of its inputs. */
  readonly length: number;
}

export interface ServedCatalogue {
  readonly version: string;
  readonly catalogue: Catalogue;
}

export interface ServedClasses {
  readonly version: string;
  readonly model: ClassesModel;
}

export interface Served {
  readonly behaviour: ServedBehaviour | undefined;
  readonly neighbours: ServedCatalogue | undefined;
  readonly classes: ServedClasses | undefined;
}

/** Whether any model does. */
export const serves = ({ behaviour, neighbours, classes }: Served): boolean =>
  Boolean(behaviour ?? neighbours ?? classes);

/** How long a look at the registry holds, ms. */
const FRESH_MS = 10_000;
const shape = z.tuple([z.number(), z.number()]);
const text = (data: Uint8Array): string => new TextDecoder().decode(data);

export class ServedModels {
  readonly #objects: Objects;
  readonly #clock: Clock;
  readonly #whole: WholeVersions;
  readonly #known = new Map<string, { readonly looked: number; readonly served: Served }>();

  constructor(options: { readonly objects: Objects; readonly clock: Clock }) {
    this.#objects = options.objects;
    this.#clock = options.clock;
    this.#whole = new WholeVersions(options.objects);
  }

  /** A version whose files were changed does not serve; the one before does. @throws WellspringError `objects_unavailable`. */
  async of(tenant: string): Promise<Served> {
    const now = this.#clock.now();
    const known = this.#known.get(tenant);
    if (known && now - known.looked < FRESH_MS) return known.served;
    const [behaviour, neighbours, classes] = await Promise.all([
      this.#open(tenant, 'behaviour', known?.served.behaviour, openBehaviour),
      this.#open(tenant, 'neighbours', known?.served.neighbours, openNeighbours),
      this.#open(tenant, 'classes', known?.served.classes, openClasses),
    ]);
    const served = { behaviour, neighbours, classes };
    this.#known.set(tenant, { looked: now, served });
    return served;
  }

  async #open<T extends { readonly version: string }>(
    tenant: string,
    name: string,
    known: T | undefined,
    open: (manifest: Manifest, file: (name: string) => Promise<Uint8Array>) => Promise<T>,
  ): Promise<T | undefined> {
    const ref = { tenant, name };
    const manifest = await this.#whole.of(ref);
    if (!manifest) return undefined;
    if (known?.version === manifest.version) return known;
    return open(manifest, (file) => readFile(this.#objects, ref, manifest, file));
  }
}

async function openBehaviour(
  { version, schema }: Manifest,
  file: (name: string) => Promise<Uint8Array>,
): Promise<ServedBehaviour> {
  const [, length] = shape.parse(schema.inputs.find(({ name }) => name === 'item')?.shape);
  return {
    version,
    length,
    vocabulary: Vocabulary.parse(text(await file('vocabulary.json'))),
    blend: blendSchema.parse(JSON.parse(text(await file('blend.json')))),
    calibrators: calibratorsSchema.parse(JSON.parse(text(await file('calibration.json')))),
  };
}

async function openClasses(
  { version }: Manifest,
  file: (name: string) => Promise<Uint8Array>,
): Promise<ServedClasses> {
  return { version, model: restoreClasses(text(await file('classes.json'))) };
}

async function openNeighbours(
  { version, files }: Manifest,
  file: (name: string) => Promise<Uint8Array>,
): Promise<ServedCatalogue> {
  const read = new Map<string, Uint8Array>();
  for (const name of Object.keys(files)) read.set(name, await file(name));
  return { version, catalogue: Catalogue.read((name) => read.get(name) ?? new Uint8Array()) };
}
