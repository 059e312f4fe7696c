/** Everybody who ranks next items, opened for comparison: baselines, champion, challenger. */
import * as z from 'zod/mini';
import type { ModelSchema } from '../../domain/endpoint.ts';
import { WellspringError } from '../../domain/errors.ts';
import type { Objects } from '../../domain/ports.ts';
import type { BehaviourAnswer } from '../../models/behaviour/answers.ts';
import { type Calibrators, calibratorsSchema } from '../../models/behaviour/calibration.ts';
import { BehaviourModel } from '../../models/behaviour/predict.ts';
import { Vocabulary } from '../../models/behaviour/vocabulary.ts';
import { type BlendModel, blendSchema } from '../../models/blend/blend.ts';
import { suggest } from '../../models/blend/ranker.ts';
import { rankOf, reciprocal } from '../../models/measure/ranking.ts';
import { Catalogue } from '../../models/neighbours/catalogue.ts';
import type { Recommender } from '../../models/neighbours/recommender.ts';
import { type ModelRef, readCurrent, readFile } from '../../models/registry/registry.ts';
import type { NextCase } from '../../models/snapshot/next-cases.ts';

/** Places that count. */
export const PLACES = 20;

export type FileReader = (name: string) => Uint8Array;

export interface OpenBehaviour {
  readonly model: BehaviourModel;
  readonly blend: BlendModel;
  readonly calibrators: Calibrators;
}

const text = (data: Uint8Array): string => new TextDecoder().decode(data);
const itemShape = z.tuple([z.number(), z.number()]);

/** @throws WellspringError `model_corrupt` when the files are no behaviour model. */
export async function openBehaviour(file: FileReader, schema: ModelSchema): Promise<OpenBehaviour> {
  try {
    const [, length] = itemShape.parse(schema.inputs.find(({ name }) => name === 'item')?.shape);
    const vocabulary = Vocabulary.parse(text(file('vocabulary.json')));
    const model = await BehaviourModel.load({ onnx: file('model.onnx'), vocabulary, length });
    return {
      model,
      blend: blendSchema.parse(JSON.parse(text(file('blend.json')))),
      calibrators: calibratorsSchema.parse(JSON.parse(text(file('calibration.json')))),
    };
  } catch (cause) {
    throw new WellspringError('model_corrupt', 'the files are no behaviour model', { cause });
  }
}

/** Files of the serving version; undefined when none serves. */
export async function currentFiles(
  objects: Objects,
  ref: ModelRef,
): Promise<
  { readonly file: FileReader; readonly schema: ModelSchema; readonly version: string } | undefined
> {
  const manifest = await readCurrent(objects, ref);
  if (!manifest) return undefined;
  const files = new Map<string, Uint8Array>();
  for (const name of Object.keys(manifest.files))
    files.set(name, await readFile(objects, ref, manifest, name));
  const file: FileReader = (name) => {
    const data = files.get(name);
    if (!data) throw new WellspringError('model_corrupt', `${ref.name} ${manifest.version} has no ${name}`);
    return data;
  };
  return { file, schema: manifest.schema, version: manifest.version };
}

export const openCatalogue = (file: FileReader): Catalogue => Catalogue.read(file);

/** 1 / rank of each case's item among the first {@link PLACES}, 0 beyond. */
export function placesBy(
  recommender: Recommender,
  catalogue: Catalogue,
  cases: readonly NextCase[],
): number[] {
  return cases.map(({ visit, next }) => {
    const place = catalogue.placeOf(next);
    const scores = catalogue.scores(recommender, visit);
    return place >= 0 && (scores[place] ?? 0) > 0 ? reciprocal(rankOf(scores, place), PLACES) : 0;
  });
}

/** The same for what is served with a transformer, and what it answered. */
export async function placesServed(
  { model, blend }: OpenBehaviour,
  catalogue: Catalogue,
  cases: readonly NextCase[],
): Promise<{ readonly figures: number[]; readonly lists: readonly string[][] }> {
  const answers: readonly BehaviourAnswer[] = await model.answer(cases.map(({ example }) => example));
  const lists = cases.map(({ visit }, i) =>
    suggest({ catalogue, blend, count: PLACES }, visit, answers[i]?.items).items.map(({ item }) => item),
  );
  const figures = cases.map(({ next }, i) => {
    const at = lists[i]?.indexOf(next) ?? -1;
    return at < 0 ? 0 : 1 / (at + 1);
  });
  return { figures, lists };
}
