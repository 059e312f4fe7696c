/** `wellspring import`: brings history from a file into the running system. */
import { performance } from 'node:perf_hooks';
import { WellspringError } from '../../domain/errors.ts';
import { isObject, type Json, type JsonObject } from '../../events/json.ts';
import { eventsOf, type Outgoing } from '../import/events.ts';
import { loadMapping } from '../import/mapping.ts';
import { type OpenFile, openFile } from '../import/open-file.ts';
import { ProgressBar, type Terminal } from '../import/progress.ts';
import { RejectList } from '../import/rejects.ts';
import { type ImportReport, reportOf, reportText } from '../import/report.ts';
import { Sender } from '../import/send.ts';
import { Tally } from '../import/tally.ts';
import { findTarget, type Target } from '../target.ts';

export interface ImportOptions {
  /** Name of a shipped mapping, or the path of one. Without it, the file holds events in Segment form. */
  readonly map?: string;
  readonly data: string;
  readonly url?: string;
  readonly key?: string;
  /** Only read, map and report. */
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** Names of which a dry run shows the first event. */
const SAMPLES = 5;

type Take = (event: Outgoing) => Promise<void>;

/** Reads the whole file and hands each event on. */
async function readAll(
  file: OpenFile,
  map: ReturnType<typeof loadMapping> | undefined,
  key: string,
  tally: Tally,
  take: Take,
): Promise<void> {
  for await (const event of eventsOf(file.chunks, map, key, tally)) {
    tally.event(event.name);
    await take(event);
  }
}

const parse = (text: string): Json => JSON.parse(text);

/** Keeps the first event of each of the first names. */
function sampler(samples: JsonObject[]): Take {
  const names = new Set<string>();
  return async ({ json, name }) => {
    if (names.size >= SAMPLES || names.has(name)) return;
    names.add(name);
    const event = parse(json);
    if (isObject(event)) samples.push(event);
  };
}

/** Sends what `read` hands on; the numbers of events stored are told to `onStored`. */
async function send(
  target: Target,
  tally: Tally,
  bar: ProgressBar,
  onStored: (events: number) => void,
  read: (take: Take) => Promise<void>,
): Promise<void> {
  const sender = new Sender({
    url: target.url,
    key: target.key,
    onStored,
    onRefused: ({ line }, code) => tally.reject(line, `refused by the collector: ${code}`),
  });
  try {
    await read((event) => sender.add(event));
    await sender.close();
  } catch (error) {
    await target.abandon();
    throw error;
  }
  await target.finish((waiting) => bar.say(`${waiting.toLocaleString('en-US')} records to process`));
}

/**
 * Imports one file and resolves when its events are stored, and applied where this call started the system.
 * @throws WellspringError when nothing of the file can be imported.
 */
export async function importFile(
  path: string,
  options: ImportOptions,
  terminal: Terminal,
): Promise<ImportReport> {
  const start = performance.now();
  const map = options.map === undefined ? undefined : loadMapping(options.map);
  const file = openFile(path);
  const rejects = new RejectList(options.data, path);
  const tally = new Tally((line, problem) => {
    if (!options.dryRun) rejects.add(line, problem);
  });
  const bar = new ProgressBar(terminal, () => performance.now());
  const samples: JsonObject[] = [];
  let stored = 0;
  const read =
    (key: string) =>
    (take: Take): Promise<void> =>
      readAll(file, map, key, tally, async (event) => {
        bar.show(() => ({ bytesRead: file.read(), bytesTotal: file.size, events: tally.eventCount }));
        await take(event);
      });
  let rejectedFile: string | undefined;
  try {
    if (options.dryRun) await read('dry run')(sampler(samples));
    else {
      const target = await findTarget(options);
      await send(target, tally, bar, (events) => (stored += events), read(target.key));
    }
  } finally {
    bar.clear();
    rejectedFile = rejects.close();
  }
  if (tally.rows > 0 && tally.rejectCount >= tally.rows) {
    const [first] = tally.rejected.values();
    throw new WellspringError('invalid_import', `Nothing could be imported from ${path}: ${first?.problem}.`);
  }
  const seconds = (performance.now() - start) / 1000;
  const { dryRun } = options;
  return reportOf({ file: path, mapping: map?.name, dryRun, stored, rejectedFile, seconds, samples, tally });
}

/** Imports and prints the report. */
export async function runImport(path: string, options: ImportOptions): Promise<void> {
  const report = await importFile(path, options, process.stderr);
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : reportText(report));
}
