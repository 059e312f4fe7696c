/**
 * Asks at a steady rate, run as its own process: `node test/bench/api/ask.ts '<Asking as JSON>'` prints the milliseconds of
 * each answer as a JSON list. A question is sent when it is due, whether the one before was answered or not.
 */
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod/mini';

const askingSchema = z.object({
  url: z.string(),
  /** Sent as Bearer. */
  key: z.string(),
  perSecond: z.number(),
  /** Of asking before the answers that count: a sender that has just started is slow itself. */
  warmSeconds: z.number(),
  seconds: z.number(),
  /** Asked in turn. */
  questions: z.array(z.object({ method: z.string(), path: z.string(), body: z.optional(z.string()) })),
});
export type Asking = z.infer<typeof askingSchema>;
type Question = Asking['questions'][number];

function ask(
  agent: Agent,
  { url, key }: Pick<Asking, 'url' | 'key'>,
  { method, path, body }: Question,
  started = performance.now(),
): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const sent = request(`${url}${path}`, { method, agent, headers }, (response) => {
      response.resume();
      response.once('end', () => {
        if (response.statusCode === 200) resolve(performance.now() - started);
        else reject(new Error(`${method} ${path} was answered with ${response.statusCode}`));
      });
    });
    sent.once('error', (error: NodeJS.ErrnoException) => {
      // The server closed a connection that had been idle, just when it was used again: what the retry takes counts.
      if (sent.reusedSocket && error.code === 'ECONNRESET')
        ask(agent, { url, key }, { method, path, body }, started).then(resolve, reject);
      else reject(error);
    });
    sent.end(body);
  });
}

/** Asks as many questions as fall into the time, beginning with number `from`; resolves when all are answered. */
async function steadily(agent: Agent, asking: Asking, from: number, seconds: number): Promise<number[]> {
  const { perSecond, questions } = asking;
  const started = performance.now();
  const answers: Promise<number>[] = [];
  for (let i = 0; i < perSecond * seconds; i++) {
    const question = questions[(from + i) % questions.length];
    if (!question) break;
    const wait = started + (i * 1000) / perSecond - performance.now();
    if (wait > 0) await pause(wait);
    answers.push(ask(agent, asking, question));
  }
  return Promise.all(answers);
}

async function run(asking: Asking): Promise<number[]> {
  const agent = new Agent({ keepAlive: true });
  const warm = await steadily(agent, asking, 0, asking.warmSeconds);
  const waits = await steadily(agent, asking, warm.length, asking.seconds);
  agent.destroy();
  return waits;
}

if (import.meta.main) {
  const asking = askingSchema.parse(JSON.parse(process.argv[2] ?? '{}'));
  process.stdout.write(`${JSON.stringify(await run(asking))}\n`);
}
