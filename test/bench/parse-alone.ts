/** The floor under everything: what parsing costs and nothing else. */
import { requests } from './traffic.ts';

/** Events per second that one core can only parse. */
export function parseAlone(events: number): number {
  const bodies = [...requests(events, { people: 1000, perRequest: 100, seed: 1, start: Date.now() })].map(
    (text) => Buffer.from(text),
  );
  const started = performance.now();
  for (const body of bodies) JSON.parse(body.toString());
  return (events * 1000) / (performance.now() - started);
}
