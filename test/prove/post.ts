/** One request as a client sends it. */
import { type Agent, request } from 'node:http';

export interface Letter {
  readonly url: string;
  readonly key: string;
  /** Events as JSON texts. */
  readonly events: readonly string[];
  /** ms by which the sender's clock is ahead. */
  readonly clock: number;
}

/** Resolves with the status, or `none` when the connection was cut before there was one. */
export function post({ url, key, events, clock }: Letter, agent: Agent): Promise<string> {
  const sentAt = new Date(Date.now() + clock).toISOString();
  const authorization = `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
  return new Promise((resolve) => {
    const sent = request(`${url}/v1/batch`, {
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json', authorization },
    });
    sent.on('response', (response) => {
      response.resume();
      response.once('end', () => resolve(String(response.statusCode)));
      response.once('error', () => resolve('none'));
    });
    sent.once('error', () => resolve('none'));
    sent.end(`{"sentAt":"${sentAt}","batch":[${events.join(',')}]}`);
  });
}
