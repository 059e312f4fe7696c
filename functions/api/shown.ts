/** Identifiers as the caller may see them: opened once per request, and masked for those who only look. */
import { seesIdentifiers } from '../../domain/access/roles.ts';
import type { ProfileState } from '../../domain/profile/state.ts';
import type { ProfileView } from '../../domain/profile/view.ts';
import { maskId, maskValue } from '../../domain/vault/mask.ts';
import { isSealed } from '../../domain/vault/seal.ts';
import { isSubject, subjectOf } from '../../domain/vault/subject.ts';
import { mapTexts, type Opened, subjectsIn, Vault } from '../../domain/vault/vault.ts';
import type { Json } from '../../events/json.ts';
import type { ApiServices, Call } from './route.ts';

/** Who asks. */
export type Asking = Pick<Call<unknown, unknown>, 'services' | 'tenant' | 'caller'>;

export class Shown {
  readonly #opened: Opened;
  readonly #asked: ReadonlyMap<string, string>;
  /** Whether values are shown as they are. */
  readonly whole: boolean;

  constructor(opened: Opened, asked: ReadonlyMap<string, string>, whole: boolean) {
    this.#opened = opened;
    this.#asked = asked;
    this.whole = whole;
  }

  /** The id behind a subject; the subject where nobody knows more. */
  id(subject: string): string {
    const known = this.#opened.id(subject);
    const id = known === subject ? (this.#asked.get(subject) ?? subject) : known;
    return this.whole || id === subject ? id : maskId(id);
  }

  ids(subjects: Iterable<string>): string[] {
    return [...subjects].map((subject) => this.id(subject)).sort();
  }

  /** A value with what is sealed in it opened. */
  value(value: Json): Json {
    return mapTexts(value, (text) => {
      if (!isSealed(text)) return text;
      const opened = this.#opened.value(text);
      return this.whole ? opened : maskValue(opened);
    });
  }

  object(object: Readonly<Record<string, Json>>): Record<string, Json> {
    return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, this.value(value)]));
  }
}

/** `asked`: the id in the question, which is known even where the vault has none. */
export async function shownTo(
  { services, tenant, caller }: Asking,
  subjects: Iterable<string>,
  asked?: string,
): Promise<Shown> {
  const { tables, secret } = services;
  const opened = await new Vault(tables.vault, secret).open(tenant, subjects);
  // On their own page people see themselves.
  const whole = caller.person !== undefined || seesIdentifiers(caller.role);
  return new Shown(opened, namesOf(services, tenant, asked), whole);
}

function namesOf({ secret }: ApiServices, tenant: string, id: string | undefined): Map<string, string> {
  if (id === undefined || isSubject(id)) return new Map();
  return new Map(
    (['user', 'device'] as const).map((kind): [string, string] => [subjectOf(secret, tenant, kind, id), id]),
  );
}

/** Everybody of whom something stands in a profile's state. */
export function subjectsOfState(state: ProfileState): Set<string> {
  const found = new Set([...state.userIds, ...state.anonymousIds]);
  for (const { value } of state.traits.values()) subjectsIn(value, found);
  return found;
}

/** A profile's view with ids and traits as the caller may see them. */
export function shownView(view: ProfileView, state: ProfileState, shown: Shown): ProfileView {
  const traits = [...state.traits].filter(([name]) => Object.hasOwn(view.static.traits, name));
  return {
    ...view,
    static: {
      ...view.static,
      traits: Object.fromEntries(
        traits.map(([name, { value }]): [string, Json] => [name, shown.value(value)]).sort(byName),
      ),
      userIds: shown.ids(state.userIds),
      anonymousIds: shown.ids(state.anonymousIds),
    },
  };
}

const byName = ([a]: [string, Json], [b]: [string, Json]): number => (a < b ? -1 : 1);
