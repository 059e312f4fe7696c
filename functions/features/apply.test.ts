/** What is announced when a batch is delivered again, with other records than before. */
import { expect, it } from 'vitest';
import { freshProfile, type Profile } from '../../domain/profile/item.ts';
import { cleanOk, exampleContext, exampleEvent, RECEIVED } from '../clean/example.ts';
import { type Applied, apply } from './apply.ts';
import { type Arrival, arrivalOf } from './arrival.ts';

const nobody = { absorbed: [], via: [] };

/** The `n`th event, in the copy that was accepted under this receipt. */
function arrival(n: number, receipt: string): Arrival {
  const event = { ...cleanOk(exampleEvent(n)), receipt, userId: 'ada', anonymousId: 'tablet' };
  const bytes = new TextEncoder().encode(JSON.stringify(event));
  const record = { shard: '0', sequence: receipt, key: '0', arrivedAt: RECEIVED, data: bytes };
  const made = arrivalOf(event, bytes, record, exampleContext.secret);
  if (!made) throw new Error('an example has no identity');
  return made;
}

/** Applies and stores. */
function deliver(profile: Profile, ...arrivals: Arrival[]): Applied {
  const result = apply(profile, arrivals, nobody, RECEIVED);
  if (result.changed) profile.version++;
  return result;
}

const changesOf = ({ effects }: Applied): number[] =>
  effects.filter(({ kind }) => kind === 'changed').map(({ version }) => version);

it('announces a stored change again when its record comes again beside a repeat of the message', () => {
  const profile = freshProfile('shop', 'p');
  const first = deliver(profile, arrival(1, '1'));
  expect(changesOf(first)).toEqual([1]);
  // The process died before that was announced; until it was up again, the client had repeated itself.
  const second = deliver(profile, arrival(1, '1'), arrival(1, '2'));
  expect(second.fates).toEqual(['again', 'duplicate']);
  expect(changesOf(second)).toEqual([1]);
  // That died as well.
  expect(changesOf(deliver(profile, arrival(1, '1')))).toEqual([1]);
});

it('lets one announcement stand for all changes before it, but for the first', () => {
  const profile = freshProfile('shop', 'p');
  deliver(profile, arrival(1, '1'));
  // Nobody may have heard that somebody new is there.
  const second = deliver(profile, arrival(1, '1'), arrival(2, '2'));
  expect(changesOf(second)).toEqual([1, 2]);
  expect(second.effects.map(({ first }) => first)).toEqual([true, undefined]);
  expect(changesOf(deliver(profile, arrival(3, '3')))).toEqual([3]);
  expect(changesOf(deliver(profile, arrival(3, '3')))).toEqual([1, 3]);
});

it('announces nothing when a client repeats itself', () => {
  const profile = freshProfile('shop', 'p');
  deliver(profile, arrival(1, '1'));
  expect(deliver(profile, arrival(1, '2')).effects).toEqual([]);
});
