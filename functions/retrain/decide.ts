/** Steps 4 to 6: verdict, and what follows from it. */
import { seededRandom } from '../../domain/random.ts';
import { restoreClasses } from '../../models/classes/stored.ts';
import { judge } from '../../models/gate/gate.ts';
import { writeLearned } from '../../models/registry/learned.ts';
import type { Manifest } from '../../models/registry/manifest.ts';
import {
  promote,
  publish,
  readPointer,
  rollback,
  versionAt,
  withdraw,
} from '../../models/registry/registry.ts';
import { currentFiles, openBehaviour, openCatalogue } from './contenders.ts';
import { type Evaluation, evaluationKey } from './evaluate.ts';
import { leave, type ModelRun, runFolder, type StepServices, take, takePeople, takeSet } from './run.ts';
import { takeTrained } from './train.ts';

export interface Verdict {
  readonly passed: boolean;
  readonly version: string;
}

const refOf = ({ tenant, model }: ModelRun) => ({ tenant, name: model });
const day = (ms: number): string => new Date(ms).toISOString();
const manifestKey = (run: ModelRun): string => `${runFolder(run)}${run.model}/manifest`;

/** Stores the version with its verdict; whether it serves is decided by the next step. */
export async function gate(run: ModelRun, services: StepServices): Promise<Verdict> {
  const { objects, clock, code } = services;
  const set = await takeSet(objects, run);
  const trained = await takeTrained(run, services);
  const found = (await take(objects, evaluationKey(run))) as Evaluation;
  const verdict = judge({
    figure: found.figure,
    contest: found.contest,
    calibration: Object.fromEntries(
      Object.entries(found.calibration).map(([name, { ece, luck }]) => [name, { error: ece, luck }]),
    ),
    ...(found.brier && { brier: found.brier }),
    ...(found.collapse && { collapse: found.collapse }),
    random: seededRandom(run.seed),
  });
  const { train, validation, holdout } = set.examples;
  const now = clock.now();
  const manifest = await publish(objects, run.tenant, {
    manifest: {
      contract: 1,
      name: run.model,
      version: versionAt(now, set.digest),
      createdAt: day(now),
      dataDigest: set.digest,
      data: {
        train: train.length,
        validation: validation.length,
        holdout: holdout.length,
        from: day(set.from),
        to: day(set.to),
      },
      config: trained.config,
      seed: run.seed,
      code,
      schema: {
        inputs: [...trained.schema.inputs].map(plain),
        outputs: [...trained.schema.outputs].map(plain),
      },
      metrics: found.metrics,
      comparison: found.comparison,
      gate: verdict,
      calibration: found.calibration,
      distributions: found.distributions,
    },
    files: trained.files,
  });
  await writeLearned(objects, refOf(run), manifest.version, await takePeople(objects, run));
  await leave(objects, manifestKey(run), manifest);
  return { passed: verdict.passed, version: manifest.version };
}

const plain = <T extends { readonly shape: readonly number[] }>(spec: T) => ({
  ...spec,
  shape: [...spec.shape],
});

const publishedBy = async (run: ModelRun, { objects }: StepServices): Promise<Manifest> =>
  (await take(objects, manifestKey(run))) as Manifest;

export async function promoteVersion(
  run: ModelRun,
  services: StepServices,
): Promise<{ readonly champion: string | null }> {
  const { version, gate: verdict } = await publishedBy(run, services);
  const why = verdict.checks.map(({ says }) => says).join(' ');
  const { champion } = await promote(services.objects, refOf(run), version, {
    now: services.clock.now(),
    why,
  });
  return { champion };
}

/** Nothing changes; the reasons are in the manifest. */
export async function refuse(run: ModelRun, services: StepServices): Promise<{ readonly reasons: string[] }> {
  const { gate: verdict } = await publishedBy(run, services);
  return { reasons: verdict.checks.filter(({ passed }) => !passed).map(({ says }) => says) };
}

/** Opens what now serves, as whoever serves it will. @throws when it does not open: the workflow then rolls back. */
export async function watch(run: ModelRun, { objects }: StepServices): Promise<{ readonly version: string }> {
  const current = await currentFiles(objects, refOf(run));
  if (!current) return { version: '' };
  if (run.model === 'neighbours') openCatalogue(current.file);
  else if (run.model === 'classes') restoreClasses(new TextDecoder().decode(current.file('classes.json')));
  else await (await openBehaviour(current.file, current.schema)).model.release();
  return { version: current.version };
}

/** Returns to the champion before; without one nobody serves, and the fallbacks do. */
export async function rollBack(
  run: ModelRun,
  { objects, clock }: StepServices,
): Promise<{ readonly champion: string | null }> {
  const ref = refOf(run);
  const reason = { now: clock.now(), why: 'The promoted version did not open.' };
  const earlier = (await readPointer(objects, ref))?.previous.length ?? 0;
  const { champion } = await (earlier > 0 ? rollback : withdraw)(objects, ref, reason);
  return { champion };
}
