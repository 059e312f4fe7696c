/** Load generator, run as its own process: `node test/bench/load.ts '<LoadOptions as JSON>'` prints a LoadResult as JSON. */
import { Agent, request } from 'node:http';
import * as z from 'zod/mini';
import { requests } from './traffic.ts';

const optionsSchema = z.object({
  url: z.string(),
  key: z.string(),
  events: z.number(),
  people: z.number(),
  perRequest: z.number(),
  seed: z.number(),
  connections: z.number(),
  /** Events per second; 0 sends as fast as answers come. */
  rate: z.number(),
});
export type LoadOptions = z.infer<typeof optionsSchema>;

export const resultSchema = z.object({
  accepted: z.number(),
  refused: z.number(),
  bytes: z.number(),
  /** When the first request left and the last answer came, ms since the epoch. */
  startedAt: z.number(),
  endedAt: z.number(),
});
export type LoadResult = z.infer<typeof resultSchema>;

function post(agent: Agent, options: LoadOptions, body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': body.length,
      authorization: `Basic ${Buffer.from(`${options.key}:`).toString('base64')}`,
    };
    const sent = request(`${options.url}/v1/batch`, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
    });
    sent.once('error', (error: NodeJS.ErrnoException) => {
      // The server closed a connection that had been idle, just when it was used again.
      if (sent.reusedSocket && error.code === 'ECONNRESET') resolve(post(agent, options, body));
      else reject(error);
    });
    sent.end(body);
  });
}

async function run(options: LoadOptions): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.connections });
  const bodies = [...requests(options.events, { ...options, start: Date.now() })].map((text) =>
    Buffer.from(text),
  );
  const startedAt = Date.now();
  let next = 0;
  let accepted = 0;
  let refused = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < bodies.length; i = next++) {
      const body = bodies[i];
      if (!body) return;
      const due = options.rate > 0 ? startedAt + (i * options.perRequest * 1000) / options.rate : 0;
      const wait = due - Date.now();
      if (wait > 0) await new Promise((done) => setTimeout(done, wait));
      const count = Math.min(options.perRequest, options.events - i * options.perRequest);
      if ((await post(agent, options, body)) === 200) accepted += count;
      else refused += count;
    }
  };
  await Promise.all(Array.from({ length: options.connections }, worker));
  const endedAt = Date.now();
  agent.destroy();
  return { accepted, refused, bytes: bodies.reduce((sum, body) => sum + body.length, 0), startedAt, endedAt };
}

if (import.meta.main) {
  const options = optionsSchema.parse(JSON.parse(process.argv[2] ?? '{}'));
  process.stdout.write(`${JSON.stringify(await run(options))}\n`);
}
