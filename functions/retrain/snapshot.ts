/** Step 1: the training set, from the lake, by who people are today. */
import { primaryIdentity } from '../../domain/identity.ts';
import { profileId } from '../../domain/ids.ts';
import { decodeProfile, profileKey } from '../../domain/profile/item.ts';
import type { CleanEvent } from '../../events/envelope.ts';
import { History } from '../../models/snapshot/history.ts';
import { trainingSet } from '../../models/snapshot/training-set.ts';
import { leaveHistory, type RunInput, type StepServices } from './run.ts';

/** Days of history that models learn from. */
const DAYS = 400;
const DAY_MS = 86_400_000;
/** A tombstone points at a person, who may since have been linked again, once. */
const HOPS = 2;

export interface Snapshot {
  /** The run's, or the day's: two bad draws in a row are unlikely. */
  readonly seed: number;
  readonly digest: string;
  readonly events: number;
  readonly people: number;
  readonly examples: { readonly train: number; readonly validation: number; readonly holdout: number };
  /** Share of the people that was kept: below 1 for histories too long to keep all of. */
  readonly share: number;
  /** Events of people who are not to be learned from. */
  readonly left: number;
}

/** @throws WellspringError `too_little_history` */
export async function snapshot(run: RunInput, services: StepServices): Promise<Snapshot> {
  const { lake, objects, clock, onProgress } = services;
  const resolver = new Resolver(run.tenant, services);
  const history = new History();
  let left = 0;
  for await (const events of lake.history({ tenant: run.tenant, from: clock.now() - DAYS * DAY_MS })) {
    const owners = await resolver.owners(events);
    events.forEach((event, i) => {
      const owner = owners[i];
      if (owner === undefined) left++;
      else history.add(event, owner);
    });
    onProgress({ step: 'snapshot', share: 0, says: `${history.events.toLocaleString('en-US')} events read` });
  }
  const set = trainingSet(history);
  await leaveHistory(objects, run, history);
  const { train, validation, holdout } = set.examples;
  onProgress({ step: 'snapshot', share: 1, says: `${history.events.toLocaleString('en-US')} events read` });
  return {
    seed: run.seed ?? Math.floor(clock.now() / DAY_MS),
    digest: set.digest,
    events: history.events,
    people: history.people().length,
    examples: { train: train.length, validation: validation.length, holdout: holdout.length },
    share: history.share,
    left,
  };
}

/** Finds the profile that an event belongs to today, and nobody for the erased. */
class Resolver {
  readonly #tenant: string;
  readonly #services: StepServices;
  readonly #owners = new Map<string, string | undefined>();

  constructor(tenant: string, services: StepServices) {
    this.#tenant = tenant;
    this.#services = services;
  }

  async owners(events: readonly CleanEvent[]): Promise<(string | undefined)[]> {
    const ids = events.map((event) => {
      const primary = primaryIdentity(event);
      return primary && profileId(this.#services.secret, this.#tenant, primary.kind, primary.id);
    });
    await this.#load(ids.filter((id) => id !== undefined));
    return ids.map((id) => (id === undefined ? undefined : this.#owners.get(id)));
  }

  async #load(ids: readonly string[]): Promise<void> {
    const fresh = [...new Set(ids)].filter((id) => !this.#owners.has(id));
    let open = fresh.map((id) => ({ id, at: id }));
    for (let hop = 0; open.length > 0 && hop <= HOPS; hop++) {
      const items = await this.#services.tables.profiles.get(
        open.map(({ at }) => profileKey(this.#tenant, at)),
      );
      const next: typeof open = [];
      open.forEach(({ id, at }, i) => {
        const { meta } = decodeProfile(this.#tenant, at, items[i]);
        if (meta.into !== undefined) next.push({ id, at: meta.into });
        else this.#owners.set(id, meta.erased || !items[i] ? undefined : at);
      });
      open = next;
    }
  }
}
