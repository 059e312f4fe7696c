/** Who is browsing, as far as the page said and the visitor allowed. Read anew for each call: other tabs change it too. */
import type { Consent } from '../../events/envelope.ts';
import type { Fields } from './arguments.ts';
import type { Config } from './config.ts';
import { save, tried } from './store.ts';

export interface Person {
  readonly anonymousId?: string | undefined;
  readonly userId?: string | undefined;
  readonly traits?: object | undefined;
  /** Signed by the shop's server, so that the collector can trust `userId`. */
  readonly userToken?: unknown;
  /** `decidedAt`: when each answer was given, ms; without it a repeated yes would mean nothing against a later no. */
  readonly consent?: (Consent & { decidedAt?: Fields }) | undefined;
  /** Events of this browser that were given up. */
  readonly dropped?: number | undefined;
}

export interface PersonStore {
  read(): Person;
  write(person: Person): void;
  /** Whether things may be kept across page loads. */
  keeps(): boolean;
}

const COOKIE = 'wellspring_id=';
const YEAR_SECONDS = 31_536_000;

export function openPerson({ stores, asks, cookie }: Config, key: string): PersonStore {
  let memory: Person = {};

  const read = (): Person => {
    if (stores) {
      tried((kept) => {
        memory = JSON.parse(kept.getItem(key) ?? '');
      });
    }
    const anonymousId = cookie && document.cookie.split(COOKIE)[1]?.split(';')[0];
    return anonymousId ? { ...memory, anonymousId } : memory;
  };
  const allows = ({ consent: { analytics } = {} }: Person): boolean => stores && !(asks && analytics == null);

  return {
    read,
    keeps: () => allows(read()),
    write(person) {
      memory = person;
      if (!allows(person)) return;
      const { anonymousId = '' } = person;
      save(key, JSON.stringify(person));
      if (cookie)
        document.cookie = `${COOKIE}${anonymousId};max-age=${anonymousId ? YEAR_SECONDS : 0}${cookie}`;
    },
  };
}
