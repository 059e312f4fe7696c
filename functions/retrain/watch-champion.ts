/** How the model that serves is doing on what came since: drift of what it sees and says, calibration on arrived labels. */
import { stability, verdictOf } from '../../models/drift/drift.ts';
import { readManifest } from '../../models/registry/registry.ts';
import { writeWatch } from '../../models/registry/watch.ts';
import { judgeOutcomes, type Observed } from './outcomes.ts';
import type { ModelRun, StepServices } from './run.ts';

export async function watchChampion(
  run: ModelRun,
  { objects, clock, metrics, onProgress }: StepServices,
  { version, observed }: { readonly version: string; readonly observed: Observed },
): Promise<void> {
  const ref = { tenant: run.tenant, name: run.model };
  const { distributions } = await readManifest(objects, ref, version);
  const drift = Object.entries(distributions).flatMap(([name, then]) => {
    const now = observed.values[name];
    if (!now) return [];
    const index = stability(then, now);
    return [{ name, index, verdict: verdictOf(index) }];
  });
  const { calibration } = judgeOutcomes(observed, run.seed);
  for (const { name, index } of drift) metrics.count('ModelDrift', index, { model: run.model, of: name });
  for (const [name, { ece }] of Object.entries(calibration))
    metrics.count('ModelCalibrationError', ece, { model: run.model, of: name });
  await writeWatch(objects, ref, {
    contract: 1,
    version,
    at: new Date(clock.now()).toISOString(),
    cases: observed.values['input.events']?.length ?? 0,
    drift,
    calibration,
  });
  const moved = drift.filter(({ verdict }) => verdict === 'large').map(({ name }) => name);
  if (moved.length > 0)
    onProgress({ step: 'evaluate', model: run.model, share: 0.9, says: `drift: ${moved.join(', ')}` });
}
