/** From the id that was asked for to everything the person is known by; and onto the suppression list with it. */
import { profileId } from '../../domain/ids.ts';
import { noCounts } from '../../domain/privacy/request.ts';
import { People, type Stored } from '../../domain/profile/people.ts';
import { suppress } from '../../domain/vault/suppression.ts';
import { type Opened, Vault } from '../../domain/vault/vault.ts';
import type { Json } from '../../events/json.ts';
import type { Done, Work } from './work.ts';

/** First of all: from here on no batch takes in anything of the person, so that what the later steps clear stays clear. */
export async function findAndSuppress({ services, request, known }: Work): Promise<Done> {
  const { secret, tables, clock } = services;
  const { tenant } = request;
  const people = new People({ table: tables.profiles, secret, tenant });
  const found = (await Promise.all(known.ids.map((id) => people.find(id)))).flat();
  const users = found.flatMap(({ profile }) => [...profile.state.userIds]);
  const devices = await people.devicesOf(
    found,
    found.flatMap(({ profile }) => [...profile.state.anonymousIds]),
  );
  const profiles = [
    ...found.flatMap(({ profile }) => [profile.id, ...profile.meta.linked]),
    ...devices.map((device) => profileId(secret, tenant, 'anonymous', device)),
  ];
  const subjects = distinct([...request.subjects, ...users, ...devices]);
  await suppress(tables.suppression, tenant, subjects, { reason: 'erased', now: clock.now() });
  const opened = await new Vault(tables.vault, secret).open(tenant, subjects);
  const ids = distinct([...known.ids, ...subjects.map((subject) => opened.id(subject))]);
  return {
    counts: { ...noCounts, scanned: found.length, changed: subjects.length },
    subjects,
    known: {
      ids,
      profiles: distinct([...known.profiles, ...profiles]),
      marks: distinct([...known.marks, ...ids, ...found.flatMap((one) => contactsOf(one, opened))]),
    },
  };
}

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)];

/** Addresses and numbers among what somebody told us: by them others' words about the person are found. */
const contactsOf = ({ profile }: Stored, opened: Opened): string[] =>
  [...profile.state.traits].flatMap(([name, { value }]) => contact(name, opened.value(value)));

function contact(name: string, value: Json): string[] {
  if (typeof value !== 'string' && typeof value !== 'number') return [];
  const text = String(value);
  const isContact = /mail|phone|mobile/i.test(name) || /^[^\s@]+@[^\s@]+$/.test(text);
  return isContact ? [text] : [];
}
