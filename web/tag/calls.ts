/** The public calls, as messages of Segment's specification. */
import type { CallType } from '../../events/envelope.ts';
import { type Fields, fieldsOf, read } from './arguments.ts';
import { contextOf, pageOf } from './context.ts';
import type { Person, PersonStore } from './person.ts';
import type { Queue } from './queue.ts';

/** `at`: when the page made the call, in milliseconds; a call made before the tag loaded has its own time. */
export type Call = (at: number, ...args: readonly unknown[]) => void;

const randomId = (): string =>
  crypto
    .getRandomValues(new Uint8Array(16))
    .reduce((id, byte) => id + (byte + 256).toString(16).slice(1), '');

/** As on the server, whatever is not clearly a yes is a no. */
const refuses = ({ consent: { analytics = true } = {} }: Person): boolean => analytics !== true;

let count = 1000;

/** What stays of somebody who leaves: the device's answer about consent, and its count of losses. */
const stranger = ({ consent, dropped }: Person): Person => ({ consent, dropped });

export function makeCalls(people: PersonStore, queue: Queue): Readonly<Record<string, Call>> {
  /** Whether calls count: nothing is noted for who refused. Else the person has an anonymous id. */
  const follow = (): Person | undefined => {
    const person = people.read();
    if (refuses(person)) return undefined;
    if (!person.anonymousId) people.write({ ...person, anonymousId: randomId() });
    return people.read();
  };

  const send = (
    at: number,
    type: CallType,
    message: Fields,
    { context, timestamp }: Fields = {},
    person = follow(),
  ): void => {
    if (!person) return;
    const { anonymousId, userId, consent, userToken, dropped } = person;
    // Sorts by time, also within a millisecond.
    const messageId = `${Date.now().toString(36)}-${count++}-${randomId()}`;
    queue.add(
      messageId,
      JSON.stringify({
        type,
        messageId,
        timestamp: timestamp ?? new Date(at),
        anonymousId,
        userId,
        ...message,
        context: { ...contextOf(), consent, userToken, dropped, ...fieldsOf(context) },
      }),
    );
  };

  return {
    track(at, ...args) {
      const { last, fields, options } = read(args, 1);
      send(at, 'track', { event: last, properties: fields }, options);
    },
    page(at, ...args) {
      const { first, last, fields, options } = read(args, 2);
      const names = { category: first, name: last };
      send(at, 'page', { ...names, properties: { ...pageOf(), ...names, ...fields } }, options);
    },
    identify(at, ...args) {
      const before = follow();
      if (!before) return;
      const { last: userId = before.userId, fields, options } = read(args, 1);
      // Somebody else on the same device starts as a new visitor, so that the two are never joined.
      const same = !before.userId || before.userId === userId;
      const known: Person = same ? before : { ...stranger(before), anonymousId: randomId() };
      const traits = { ...known.traits, ...fields };
      people.write({ ...known, userId, traits, userToken: options['userToken'] ?? known.userToken });
      send(at, 'identify', { traits }, options);
    },
    group(at, ...args) {
      const { last, fields, options } = read(args, 1);
      send(at, 'group', { groupId: last, traits: fields }, options);
    },
    alias(at, ...args) {
      const before = follow();
      if (!before) return;
      const { first, last, options } = read(args, 2);
      people.write({ ...before, userId: first ?? last });
      const previousId = first ? last : (before.userId ?? before.anonymousId);
      send(at, 'alias', { previousId }, options);
    },
    consent(at, choices) {
      const before = people.read();
      const consent: Person['consent'] = { ...before.consent, ...fieldsOf(choices) };
      // Consent managers repeat the answer on each page.
      if (JSON.stringify(consent) === JSON.stringify(before.consent)) return;
      for (const name in fieldsOf(choices)) (consent.decidedAt ??= {})[name] = at;
      const answered = { ...before, consent };
      const refused = refuses(answered);
      if (refused) queue.clear();
      people.write(refused ? stranger(answered) : answered);
      // A refusal concerns who was followed until now; somebody never seen has nothing to withdraw.
      const person = refused ? before.anonymousId && answered : follow();
      if (person) send(at, 'track', { event: 'Consent Updated', properties: consent }, {}, person);
    },
    reset() {
      people.write(stranger(people.read()));
    },
  };
}
