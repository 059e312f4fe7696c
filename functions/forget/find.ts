/** From the id that was asked for to everything the person is known by; and onto the suppression list with it. */
import { profileId } from '../../domain/ids.ts';
import { noCounts } from '../../domain/privacy/request.ts';
import { People, type Stored } from '../../domain/profile/people.ts';
import { isSubject, subjectOf } from '../../domain/vault/subject.ts';
import { suppress } from '../../domain/vault/suppression.ts';
import type { Json } from '../../events/json.ts';
import { leadsTo } from './marks-of.ts';
import type { Done, Work } from './work.ts';

/** First of all: from here on no batch takes in anything of the person, so that what the later steps clear stays clear. */
export async function findAndSuppress(work: Work): Promise<Done> {
  const { services, request, known } = work;
  const { secret, tables, clock } = services;
  const { tenant } = request;
  const people = new People({ table: tables.profiles, secret, tenant });
  const asked = known.ids.every(isSubject) ? [...known.ids, ...(await idsBehind(work))] : known.ids;
  const found = (await Promise.all(asked.map((id) => people.find(id)))).flat();
  const users = found.flatMap(({ profile }) => [...profile.state.userIds]);
  const devices = await people.devicesOf(
    found,
    found.flatMap(({ profile }) => [...profile.state.anonymousIds]),
  );
  const profiles = [
    ...found.flatMap(({ profile }) => [profile.id, ...profile.meta.linked]),
    ...devices.map((device) => profileId(secret, tenant, 'anonymous', device)),
  ];
  const asSubject = (kind: 'user' | 'device') => (id: string) =>
    isSubject(id) ? id : subjectOf(secret, tenant, kind, id);
  const subjects = distinct([
    ...request.subjects,
    ...users.map(asSubject('user')),
    ...devices.map(asSubject('device')),
  ]);
  await suppress(tables.suppression, tenant, subjects, { reason: 'erased', now: clock.now() });
  const ids = distinct([...asked, ...users, ...devices]);
  return {
    counts: { ...noCounts, scanned: found.length, changed: subjects.length },
    subjects,
    known: {
      ids,
      profiles: distinct([...known.profiles, ...profiles]),
      marks: distinct([...known.marks, ...ids, ...found.flatMap(contactsOf)]),
    },
  };
}

/** Where only pseudonyms are known: ids in the archive that lead to one of them. */
async function idsBehind(work: Work): Promise<string[]> {
  const isTheirs = leadsTo(work);
  const found: string[] = [];
  for await (const ids of work.services.lake.ids(work.request.tenant)) found.push(...ids.filter(isTheirs));
  return found;
}

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)];

/** Addresses and numbers among what somebody told us. */
const contactsOf = ({ profile }: Stored): string[] =>
  [...profile.state.traits].flatMap(([name, { value }]) => contact(name, value));

function contact(name: string, value: Json): string[] {
  if (typeof value !== 'string' && typeof value !== 'number') return [];
  const text = String(value);
  const isContact = /mail|phone|mobile/i.test(name) || /^[^\s@]+@[^\s@]+$/.test(text);
  return isContact ? [text] : [];
}
