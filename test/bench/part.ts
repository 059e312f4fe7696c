/** One part of a benchmark in a process of its own, so that no part inherits the memory of another. */
import { fork } from 'node:child_process';
import * as z from 'zod/mini';
import { compiled } from '../../local/compiled.ts';
import { environment, flags } from '../../local/lean.ts';
import { type Figure, figureSchema } from './report.ts';

const parts = {
  throughput: async (args: readonly number[]) => {
    const { throughput } = await import('./throughput.ts');
    return throughput(args[0] ?? 1000, args[1] ?? 10_000, args[2] ?? 1);
  },
  latency: async (args: readonly number[]) => (await import('./latency.ts')).latency(args[0] ?? 10),
  backlog: async (args: readonly number[]) => (await import('./backlog.ts')).backlog(args[0] ?? 0.1),
};

export type PartName = keyof typeof parts;

/** Runs a part and resolves with its figures. */
export function inOwnProcess(name: PartName, ...args: readonly number[]): Promise<Figure[]> {
  // As `npm start` runs the host.
  const child = fork(import.meta.filename, [name, ...args.map(String)], {
    execArgv: [...flags],
    env: { NODE_COMPILE_CACHE: compiled, ...process.env, ...environment },
  });
  return new Promise((resolve, reject) => {
    let figures: Figure[] | undefined;
    child.on('message', (message) => {
      figures = z.array(figureSchema).parse(message);
    });
    child.once('exit', (code) => {
      if (figures) resolve(figures);
      else reject(new Error(`the part ${name} ended with ${code}`));
    });
  });
}

if (import.meta.main) {
  const [name, ...args] = process.argv.slice(2);
  const part = parts[name as PartName];
  process.send?.(await part(args.map(Number)));
  process.disconnect();
}
