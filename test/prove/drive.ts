/** Sends the plan as clients do: again until it was answered, while the system is struck under them. */
import { Agent } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import type { SystemUnderProof } from './child.ts';
import type { PlannedRequest } from './plan.ts';
import { post } from './post.ts';

const CLIENTS = 8;
const PAUSE_MS = 20;

/** Something that happens when so many requests were answered. */
export interface Moment {
  readonly after: number;
  readonly strike: () => Promise<void> | void;
}

export interface DriveOptions {
  readonly moments: readonly Moment[];
  /** Told of every answer: a status, or `none` when the connection was cut. */
  readonly onAnswer: (answer: string) => void;
  /** `share` of the requests that were answered with 200. */
  readonly onProgress: (share: number) => void;
}

/** Resolves when every request was answered with 200 and every moment is over. */
export async function drive(
  requests: readonly PlannedRequest[],
  system: SystemUnderProof,
  { moments, onAnswer, onProgress }: DriveOptions,
): Promise<void> {
  const ahead = moments.toSorted((a, b) => a.after - b.after);
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  let next = 0;
  let done = 0;
  let strikes = Promise.resolve();
  const client = async (): Promise<void> => {
    for (let one = requests[next++]; one; one = requests[next++]) {
      await untilAnswered(one, system, agent, onAnswer);
      onProgress(++done / requests.length);
      for (let moment = ahead[0]; moment && done >= moment.after; moment = ahead[0]) {
        const { strike } = moment;
        ahead.shift();
        strikes = strikes.then(strike);
      }
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  await strikes;
  agent.destroy();
}

async function untilAnswered(
  { source, events, clock }: PlannedRequest,
  system: SystemUnderProof,
  agent: Agent,
  onAnswer: (answer: string) => void,
): Promise<void> {
  for (;;) {
    await system.answering();
    const { ready } = system;
    const key = source === 'web' ? ready?.writeKey : ready?.secretKey;
    const answer =
      ready && key !== undefined ? await post({ url: ready.url, key, events, clock }, agent) : 'none';
    onAnswer(answer);
    if (answer === '200') return;
    if (answer !== '503' && answer !== 'none') throw new Error(`a good request was answered with ${answer}`);
    await after(PAUSE_MS);
  }
}
