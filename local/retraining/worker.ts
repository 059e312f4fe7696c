/** A retraining run in a thread of its own, so that the host goes on answering. */
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { WellspringError } from '../../domain/errors.ts';
import type { StepServices } from '../../functions/retrain/run.ts';
import { type RetrainOutput, type RetrainSettings, retrain } from './run.ts';

type Progress = Parameters<StepServices['onProgress']>[0];
type Report =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'done'; readonly output: RetrainOutput }
  | { readonly kind: 'failed'; readonly message: string };

export interface RetrainThread {
  /** Resolves with the output, or with the reason why there is none; undefined when it was stopped. */
  readonly result: Promise<RetrainOutput | string | undefined>;
  stop(): Promise<void>;
}

export function startRetrain(
  settings: RetrainSettings,
  onProgress: StepServices['onProgress'],
): RetrainThread {
  const worker = new Worker(new URL(import.meta.url), { workerData: settings });
  const result = new Promise<RetrainOutput | string | undefined>((done) => {
    worker.on('message', (report: Report) => {
      if (report.kind === 'progress') onProgress(report.progress);
      else done(report.kind === 'done' ? report.output : report.message);
    });
    worker.once('error', (error) => done(error instanceof Error ? error.message : 'the thread died'));
    worker.once('exit', () => done(undefined));
  });
  return { result, stop: async () => void (await worker.terminate()) };
}

async function main(settings: RetrainSettings, port: NonNullable<typeof parentPort>): Promise<void> {
  const report = (message: Report): void => port.postMessage(message);
  try {
    const output = await retrain(settings, (progress) => report({ kind: 'progress', progress }));
    report({ kind: 'done', output });
  } catch (error) {
    report({ kind: 'failed', message: error instanceof WellspringError ? error.message : String(error) });
  }
}

if (parentPort) await main(workerData as RetrainSettings, parentPort);
