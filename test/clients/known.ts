/** What the whole system knows after a client has sent: read over the API, as its users read it. */
import { expect } from 'vitest';
import type { ProfileView } from '../../domain/profile/view.ts';
import { ledgerReply } from '../../functions/api/ledger.ts';
import { profileReply } from '../../functions/api/profiles.ts';
import type { TestHost } from '../fixtures/host.ts';

/** The person with that id, everything joined. */
export async function personOf(host: TestHost, id: string): Promise<ProfileView> {
  const { status, body } = await host.get(`/api/profiles/${encodeURIComponent(id)}`);
  expect({ id, status }).toEqual({ id, status: 200 });
  return profileReply.parse(body).profile;
}

/** Types and names of the person's events in order of time: `track Order Completed`. */
export const recentOf = ({ dynamic }: ProfileView): string[] =>
  dynamic.recent.map(({ type, event }) => (event === type ? type : `${type} ${event}`));

const books = async (host: TestHost) => ledgerReply.parse((await host.get('/api/ledger')).body);

/** Waits until `events` have come from that source, and asserts that no more came and every one was applied. */
export async function expectAllApplied(host: TestHost, source: string, events: number): Promise<void> {
  const accepted = async (): Promise<number | undefined> =>
    (await books(host)).sources.find((row) => row.source === source)?.accepted;
  await expect.poll(accepted, { timeout: 20_000 }).toBe(events);
  await host.drain();
  const { sources, quarantined, suppressed, balanced } = await books(host);
  expect(sources).toContainEqual({
    source,
    accepted: events,
    applied: events,
    duplicates: 0,
    quarantined: 0,
    suppressed: 0,
  });
  expect({ quarantined, suppressed, balanced }).toEqual({ quarantined: {}, suppressed: {}, balanced: true });
}
