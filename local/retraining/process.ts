/**
 * A retraining run in a process of its own, so that the host goes on answering. It is ended at any moment: a thread that ends
 * while ONNX Runtime computes in it would take the host down.
 */
import { fork } from 'node:child_process';
import { WellspringError } from '../../domain/errors.ts';
import type { StepServices } from '../../functions/retrain/run.ts';
import { compiled } from '../compiled.ts';
import { type RetrainOutput, type RetrainSettings, retrain } from './run.ts';

type Progress = Parameters<StepServices['onProgress']>[0];
type Report =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'done'; readonly output: RetrainOutput }
  | { readonly kind: 'failed'; readonly message: string };

export interface RetrainProcess {
  /** Resolves with the output, or with the reason why there is none; undefined when it was stopped. */
  readonly result: Promise<RetrainOutput | string | undefined>;
  stop(): Promise<void>;
}

export function startRetrain(
  settings: RetrainSettings,
  onProgress: StepServices['onProgress'],
): RetrainProcess {
  const child = fork(import.meta.filename, {
    // What the host was started with is for a host.
    execArgv: [],
    env: { NODE_COMPILE_CACHE: compiled, ...process.env },
    serialization: 'advanced',
  });
  const ended = new Promise<void>((done) => {
    child.once('exit', () => done());
    // One that could not be started never exits.
    child.once('error', () => done());
  });
  const result = new Promise<RetrainOutput | string | undefined>((done) => {
    child.on('message', (report: Report) => {
      if (report.kind === 'progress') return onProgress(report.progress);
      done(report.kind === 'done' ? report.output : report.message);
      child.disconnect();
    });
    child.once('error', (error) => done(error.message));
    void ended.then(() => done(undefined));
  });
  child.send(settings);
  return {
    result,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function main(settings: RetrainSettings): Promise<void> {
  const report = (message: Report): void => void process.send?.(message);
  try {
    const output = await retrain(settings, (progress) => report({ kind: 'progress', progress }));
    report({ kind: 'done', output });
  } catch (error) {
    report({ kind: 'failed', message: error instanceof WellspringError ? error.message : String(error) });
  }
}

if (import.meta.main) {
  // The outcome was heard, or the host is gone.
  process.once('disconnect', () => process.exit());
  process.once('message', (settings: RetrainSettings) => void main(settings));
}
