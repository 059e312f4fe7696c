/** How the model that serves is doing on what came since: drift of what it sees and says, calibration on arrived labels. */
import type { Example } from '../../models/behaviour/example.ts';
import { stability, verdictOf } from '../../models/drift/drift.ts';
import { readManifest } from '../../models/registry/registry.ts';
import { writeWatch } from '../../models/registry/watch.ts';
import type { OpenBehaviour } from './contenders.ts';
import { judgeOutcomes, observe } from './outcomes.ts';
import type { ModelRun, StepServices } from './run.ts';

export async function watchChampion(
  run: ModelRun,
  { objects, clock, onProgress }: StepServices,
  champion: { readonly open: OpenBehaviour; readonly version: string },
  examples: readonly Example[],
): Promise<void> {
  const ref = { tenant: run.tenant, name: run.model };
  const { distributions } = await readManifest(objects, ref, champion.version);
  const observed = await observe(champion.open, examples);
  const drift = Object.entries(distributions).flatMap(([name, then]) => {
    const now = observed.values[name];
    if (!now) return [];
    const index = stability(then, now);
    return [{ name, index, verdict: verdictOf(index) }];
  });
  const { calibration } = judgeOutcomes(observed, run.seed);
  await writeWatch(objects, ref, {
    contract: 1,
    version: champion.version,
    at: new Date(clock.now()).toISOString(),
    cases: examples.length,
    drift,
    calibration,
  });
  const moved = drift.filter(({ verdict }) => verdict === 'large').map(({ name }) => name);
  if (moved.length > 0)
    onProgress({ step: 'evaluate', model: run.model, share: 0.9, says: `drift: ${moved.join(', ')}` });
}
