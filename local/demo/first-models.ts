/** The first minute of a demo: a past comes in, the first models are trained, and the people have scores. */

import { EmbeddedObjects } from '../../adapters/embedded/objects.ts';
import { modelNames } from '../../functions/retrain/workflow.ts';
import { readPointer } from '../../models/registry/registry.ts';
import { files } from '../files.ts';
import { type Host, TENANT } from '../host.ts';
import { startRetrain } from '../retraining/process.ts';
import { bringPast } from './bring-past.ts';
import { readMark, writeMark } from './mark.ts';

export interface FirstModelsOptions {
  readonly host: Host;
  readonly data: string;
  readonly secret: string;
  /** Days of past. */
  readonly days: number;
  readonly now: () => number;
  readonly say: (step: string, share: number, says: string) => void;
}

export interface FirstModels {
  /** Resolves with a sentence about the outcome; undefined when there was nothing to do or it was stopped. */
  readonly done: Promise<string | undefined>;
  stop(): Promise<void>;
}

export function startFirstModels(options: FirstModelsOptions): FirstModels {
  const stopping = new AbortController();
  let training: ReturnType<typeof startRetrain> | undefined;
  const work = async (): Promise<string | undefined> => {
    const { host, data, secret, days, now, say } = options;
    const objects = new EmbeddedObjects(files.lake(data));
    if (await readPointer(objects, { tenant: TENANT, name: 'neighbours' })) return undefined;
    const mark = readMark(data, now());
    if (!mark.brought) {
      await bringPast({
        url: host.url,
        secretKey: host.secretKey,
        days,
        until: mark.until,
        onProgress: (events) => say('past', 0, `${events.toLocaleString('en-US')} events of the past`),
        signal: stopping.signal,
      });
      if (stopping.signal.aborted) return undefined;
      writeMark(data, { ...mark, brought: true });
    }
    await host.drain((waiting) => say('past', 0.5, `${waiting.toLocaleString('en-US')} records to process`));
    if (stopping.signal.aborted) return undefined;
    training = startRetrain(
      { data, secret, tenant: TENANT, models: modelNames, seed: 1 },
      ({ step, model = '', share, says = '' }) => say(`${step} ${model}`.trim(), share, says),
    );
    const outcome = await training.result;
    if (outcome === undefined || typeof outcome === 'string') return outcome;
    return outcome.results
      .map(
        ({ model, gate }) => `${model} ${gate?.passed ? 'serves' : 'does not serve: see wellspring models'}`,
      )
      .join(', ');
  };
  const done = work().catch((error: unknown) => (error instanceof Error ? error.message : 'failed'));
  return {
    done,
    stop: async () => {
      stopping.abort();
      await training?.stop();
      await done;
    },
  };
}
