/** Sends the plan as clients do: again until it was answered, while the system is killed under them. */
import { Agent, request } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import type { SystemUnderProof } from './child.ts';
import type { Plan, PlannedRequest } from './plan.ts';

const CLIENTS = 8;
const PAUSE_MS = 20;

export interface Driven {
  /** Requests by what was answered; `none`: the connection was cut. */
  readonly answers: Record<string, number>;
  /** From each kill to the next readiness, ms. */
  readonly recoveries: number[];
}

export interface DriveOptions {
  readonly kills: number;
  readonly random: () => number;
  /** `share` of the requests that were answered with 200. */
  readonly onProgress: (share: number) => void;
}

/** Resolves when every request was answered with 200. */
export async function drive(plan: Plan, system: SystemUnderProof, options: DriveOptions): Promise<Driven> {
  const { kills, random, onProgress } = options;
  const total = plan.requests.length;
  const killAt = Array.from({ length: kills }, () => Math.floor(random() * total)).sort((a, b) => a - b);
  const driven: Driven = { answers: {}, recoveries: [] };
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  let next = 0;
  let done = 0;
  let restarting = Promise.resolve();
  const client = async (): Promise<void> => {
    for (let one = plan.requests[next++]; one; one = plan.requests[next++]) {
      await untilAnswered(one, system, agent, driven);
      onProgress(++done / total);
      while (killAt[0] !== undefined && done >= killAt[0]) {
        killAt.shift();
        restarting = restarting.then(() => killAndRestart(system, driven));
      }
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  await restarting;
  agent.destroy();
  return driven;
}

async function killAndRestart(system: SystemUnderProof, driven: Driven): Promise<void> {
  await system.kill();
  driven.recoveries.push(await system.start());
}

async function untilAnswered(
  one: PlannedRequest,
  system: SystemUnderProof,
  agent: Agent,
  driven: Driven,
): Promise<void> {
  const body = `{"batch":[${one.events.join(',')}]}`;
  for (;;) {
    const answer = system.ready ? await send(one, body, system.ready, agent) : 'none';
    driven.answers[answer] = (driven.answers[answer] ?? 0) + 1;
    if (answer === '200') return;
    if (answer !== '503' && answer !== 'none') throw new Error(`a good request was answered with ${answer}`);
    await after(PAUSE_MS);
  }
}

function send(
  { source }: PlannedRequest,
  body: string,
  { url, writeKey, secretKey }: NonNullable<SystemUnderProof['ready']>,
  agent: Agent,
): Promise<string> {
  const key = source === 'web' ? writeKey : secretKey;
  return new Promise((resolve) => {
    const sent = request(`${url}/v1/batch`, {
      method: 'POST',
      agent,
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`,
      },
    });
    sent.on('response', (response) => {
      response.resume();
      response.once('end', () => resolve(String(response.statusCode)));
      response.once('error', () => resolve('none'));
    });
    sent.once('error', () => resolve('none'));
    sent.end(body);
  });
}
