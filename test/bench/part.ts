/** One part of a benchmark in a process of its own, so that no part inherits the memory of another. */
import { fork } from 'node:child_process';
import * as z from 'zod/mini';
import { compiled } from '../../local/compiled.ts';
import { environment, flags } from '../../local/lean.ts';
import { type Figure, figureSchema } from './report.ts';

const parts = {
  throughput: async ([people, events, parsed]) => {
    const { throughput } = await import('./throughput.ts');
    return throughput(Number(people), Number(events), Number(parsed));
  },
  latency: async ([seconds]) => (await import('./latency.ts')).latency(Number(seconds)),
  backlog: async ([part]) => (await import('./backlog.ts')).backlog(Number(part)),
  profiles: async ([data = '', people, seconds]) =>
    (await import('./api/asked.ts')).askedFigures(data, Number(people), Number(seconds)),
  recommendations: async ([seconds]) =>
    (await import('./api/recommendations.ts')).recommendationFigures(Number(seconds)),
} satisfies Record<string, (args: readonly string[]) => Promise<Figure[]>>;

export type PartName = keyof typeof parts;

/** Runs a part and resolves with its figures. */
export function inOwnProcess(name: PartName, ...args: readonly (number | string)[]): Promise<Figure[]> {
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
  process.send?.(await part(args));
  process.disconnect();
}
