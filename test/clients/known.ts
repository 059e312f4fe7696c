/** What the whole system knows after a client has sent: read over the API, as its users read it. */
import { expect } from 'vitest';
import { ledgerReply } from '../../functions/api/ledger.ts';
import { profileReply } from '../../functions/api/profiles.ts';
import type { ProfileView } from '../../domain/profile/view.ts';
import type { TestHost } from '../fixtures/host.ts';

/** The person with that id, everything joined. */
export async function personOf(host: TestHost, id: string): Promise<ProfileView> {
  const { status, body } = await host.get(`/api/profiles/${encodeURIComponent(id)}`);
  expect({ id, status }).toEqual({ id, status: 200 });
  return profileReply.parse(body).profile;
}

/** Types and names of the person's events in order of time, `track Order Completed`. */
export const recentOf = ({ dynamic }: ProfileView): string[] =>
  dynamic.recent.map(({ type, event }) => `${type} ${event}`.trim());

/** Waits until the streams are empty and asserts that just `events` came and every one was applied. */
export async function expectAllApplied(host: TestHost, events: number): Promise<void> {
  await host.drain();
  const { body } = await host.get('/api/ledger');
  expect(ledgerReply.parse(body)).toMatchObject({
    totals: { accepted: events, applied: events, duplicates: 0, quarantined: 0, suppressed: 0 },
    quarantined: {},
    suppressed: {},
    balanced: true,
  });
}
