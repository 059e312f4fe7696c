/** `wellspring retrain`: trains, compares, and promotes what is better. Works beside a running host. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { EmbeddedObjects } from '../../adapters/embedded/objects.ts';
import { WellspringError } from '../../domain/errors.ts';
import { type ModelName, modelNames } from '../../functions/retrain/workflow.ts';
import { readManifest } from '../../models/registry/registry.ts';
import { credentials } from '../credentials.ts';
import { files } from '../files.ts';
import { TENANT } from '../host.ts';
import { comparisonText } from '../retraining/report.ts';
import { type RetrainOutput, retrain } from '../retraining/run.ts';

export interface RetrainOptions {
  readonly model?: string;
  readonly data: string;
  readonly seed: number;
  readonly json: boolean;
}

const WIDTH = 30;

/** `train behaviour [####......]  40 %  12 s left  epoch 3.2 of at most 8` */
export function stepLine(step: string, share: number, seconds: number, says: string): string {
  const full = Math.round(Math.min(1, share) * WIDTH);
  const bar = `[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}] ${`${Math.floor(share * 100)}`.padStart(3)} %`;
  const left = share > 0.02 && share < 1 ? `  ${Math.ceil((seconds / share) * (1 - share))} s left` : '';
  return `${step.padEnd(20)} ${bar}${left}  ${says}`;
}

/** Draws progress on a terminal; elsewhere one line for every step. */
export function progressPrinter(
  terminal: { readonly isTTY?: boolean; write(text: string): unknown },
  now: () => number,
) {
  let [current, since] = ['', 0];
  return ({
    step,
    model = '',
    share,
    says = '',
  }: {
    step: string;
    model?: string;
    share: number;
    says?: string;
  }): void => {
    const name = `${step} ${model}`.trim();
    if (name !== current) {
      if (current !== '' && terminal.isTTY) terminal.write('\n');
      if (!terminal.isTTY) terminal.write(`${name}\n`);
      [current, since] = [name, now()];
    }
    if (terminal.isTTY) terminal.write(`\r\u001b[2K${stepLine(name, share, (now() - since) / 1000, says)}`);
  };
}

const isModel = (name: string): name is ModelName => modelNames.some((known) => known === name);

/** @throws WellspringError `invalid_settings`, `not_running`, `too_little_history`. */
export async function runRetrain({ model, data, seed, json }: RetrainOptions): Promise<void> {
  if (model !== undefined && !isModel(model))
    throw new WellspringError(
      'invalid_settings',
      `There is no model ${model}; there are: ${modelNames.join(', ')}.`,
    );
  const folder = resolve(data);
  if (!existsSync(files.lake(folder)))
    throw new WellspringError('too_little_history', `There is no history in ${data}.`);
  const models = model === undefined ? modelNames : [model];
  const settings = { data: folder, secret: credentials(folder).secret, tenant: TENANT, models, seed };
  const output = await retrain(
    settings,
    progressPrinter(process.stderr, () => performance.now()),
  );
  if (process.stderr.isTTY) process.stderr.write('\n');
  process.stdout.write(json ? `${JSON.stringify(output)}\n` : await textOf(folder, output));
  if (output.results.some(({ fail }) => fail !== undefined)) process.exitCode = 1;
}

async function textOf(folder: string, { snapshot, results }: RetrainOutput): Promise<string> {
  const objects = new EmbeddedObjects(files.lake(folder));
  const parts = results.map(async ({ model, gate, fail, rollback }) => {
    if (fail) return `${model}: failed; the champion stays. ${fail.error} ${fail.cause}\n`;
    if (rollback)
      return `${model}: promoted, did not open, rolled back to ${rollback.champion ?? 'the fallback'}.\n`;
    if (!gate) return `${model}: no verdict.\n`;
    return comparisonText(await readManifest(objects, { tenant: TENANT, name: model }, gate.version));
  });
  const from = `${snapshot.events.toLocaleString('en-US')} events of ${snapshot.people.toLocaleString('en-US')} people`;
  return `Learned from ${from}; data ${snapshot.digest.slice(0, 12)}.\n\n${(await Promise.all(parts)).join('\n')}`;
}
