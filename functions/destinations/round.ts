/** One courier's round over the queue of one destination. */
import type { Item } from '../../domain/ports.ts';
import { decodeProfile, freshProfile, type Profile, profileKey } from '../../domain/profile/item.ts';
import { Vault } from '../../domain/vault/vault.ts';
import {
  type Destination,
  type Job,
  jobWrite,
  SENT_SECONDS,
  type State,
  sentKey,
} from '../../domain/webhook/destination.ts';
import type { CourierServices, Queued } from './courier.ts';
import { letterOf } from './message.ts';
import { keepUndelivered } from './undelivered.ts';
import { breakOf, pauseOf, verdictOf } from './verdict.ts';
import type { Withheld } from './withheld.ts';

/** Deliveries side by side. */
const LANES = 8;
/** A receiver that takes longer to answer holds up whoever waits for it, ms. */
const SLOW_MS = 1000;
/** What was not taken for so long is given up, ms. */
const PATIENCE_MS = 24 * 3_600_000;

/** Jobs of one person, in order. */
interface Line {
  readonly person: string;
  readonly jobs: Queued[];
}

export type RoundServices = CourierServices & { readonly withheld: Withheld };

export class Round {
  readonly #services: RoundServices;
  readonly #destination: Destination;
  readonly #vault: Vault;
  readonly #until: number;
  readonly #state: State;
  /** People whose first job waits: whatever comes after it waits too. */
  readonly #waiting = new Set<string>();
  /** Asked one by one while it is not known whether it answers again. */
  #lanes: number;

  constructor(services: RoundServices, destination: Destination, known: State, until: number) {
    this.#services = services;
    this.#destination = destination;
    this.#vault = new Vault(services.tables.vault, services.secret);
    this.#state = { ...known, notBefore: 0, slow: false };
    this.#until = until;
    this.#lanes = known.failures === 0 ? LANES : 1;
  }

  isOver(): boolean {
    const now = this.#services.clock.now();
    return now >= this.#until || now < this.#state.notBefore;
  }

  state(): State {
    return this.#state;
  }

  /** Serves a page of the queue, each person in order. */
  async serve(page: readonly Queued[]): Promise<void> {
    const { tables, withheld } = this.#services;
    const { tenant, id } = this.#destination;
    await withheld.refresh(tenant);
    const [sent, people] = await Promise.all([
      tables.destinations.get(
        page.map(({ job }) => sentKey(tenant, id, job.change.id)),
        { consistent: true },
      ),
      this.#peopleOf(page),
    ]);
    const repeated = page.filter((_, i) => sent[i] !== undefined).map(({ item }) => item);
    await tables.destinations.delete(repeated);
    const open = linesOf(page.filter((_, i) => sent[i] === undefined));
    const lane = async (): Promise<void> => {
      for (let line = open.shift(); line && !this.isOver(); line = open.shift())
        await this.#serveLine(line, people);
    };
    // The first line decides how many may follow it at once.
    if (this.#lanes === 1) {
      const [first] = open.splice(0, 1);
      if (first && !this.isOver()) await this.#serveLine(first, people);
    }
    await Promise.all(Array.from({ length: this.#lanes }, lane));
  }

  async #peopleOf(page: readonly Queued[]): Promise<Map<string, Profile>> {
    const { tenant } = this.#destination;
    const ids = [...new Set(page.map(({ job }) => job.change.profileId))];
    const items = await this.#services.tables.profiles.get(
      ids.map((id) => profileKey(tenant, id)),
      { consistent: true },
    );
    return new Map(ids.map((id, i) => [id, decodeProfile(tenant, id, items[i])]));
  }

  async #serveLine({ person, jobs }: Line, people: ReadonlyMap<string, Profile>): Promise<void> {
    const profile = people.get(person) ?? freshProfile(this.#destination.tenant, person);
    for (const { item, job } of jobs) {
      const now = this.#services.clock.now();
      if (this.#waiting.has(person) || this.isOver()) return;
      if (job.notBefore > now) {
        this.#waiting.add(person);
        return;
      }
      if (this.#services.withheld.is(job, profile)) {
        this.#state.withheld++;
        await this.#services.tables.destinations.delete([item]);
      } else await this.#try(item, job, profile);
    }
  }

  async #try(item: Item, job: Job, profile: Profile): Promise<void> {
    const { clock, secret, sender } = this.#services;
    const opened = await this.#vault.open(profile.tenant, profile.state.userIds);
    const letter = letterOf(job, profile, this.#destination, { secret, now: clock.now(), opened });
    const begun = clock.now();
    const verdict = verdictOf(await sender.send(letter));
    if (clock.now() - begun > SLOW_MS) this.#state.slow = true;
    switch (verdict.kind) {
      case 'delivered':
        this.#answered();
        this.#state.delivered++;
        this.#state.lastDeliveredAt = clock.now();
        return this.#done(item, job);
      case 'refused':
        this.#answered();
        return this.#giveUp(item, job, verdict.reason);
      case 'again':
        this.#failed(verdict.reason, verdict.waitMs);
        return this.#later(item, job, verdict.reason);
    }
  }

  #answered(): void {
    this.#state.failures = 0;
    this.#lanes = LANES;
  }

  #failed(reason: string, waitMs: number | undefined): void {
    const { clock, random } = this.#services;
    const now = clock.now();
    this.#state.failures++;
    this.#state.lastFailure = { at: now, reason };
    const wait = Math.max(waitMs ?? 0, breakOf(this.#state.failures, random()));
    if (wait > 0) this.#state.notBefore = Math.max(this.#state.notBefore, now + wait);
  }

  /** First the mark, then the job: in between a death makes nobody send it again. */
  async #done(item: Item, { change }: Job): Promise<void> {
    const { clock, tables } = this.#services;
    const { tenant, id } = this.#destination;
    const expiresAt = Math.ceil(clock.now() / 1000) + SENT_SECONDS;
    await tables.destinations.put([{ ...sentKey(tenant, id, change.id), data: new Uint8Array(), expiresAt }]);
    await tables.destinations.delete([item]);
  }

  async #later(item: Item, job: Job, reason: string): Promise<void> {
    const { clock, random, tables } = this.#services;
    if (clock.now() - job.queuedAt > PATIENCE_MS) return this.#giveUp(item, job, reason);
    const attempts = job.attempts + 1;
    this.#waiting.add(job.change.profileId);
    const notBefore = clock.now() + pauseOf(attempts, random());
    await tables.destinations.put([jobWrite(item, { ...job, attempts, notBefore })]);
  }

  async #giveUp(item: Item, job: Job, reason: string): Promise<void> {
    const { objects } = this.#services;
    await keepUndelivered(objects, this.#destination, job, reason);
    this.#state.undelivered++;
    this.#state.lastFailure = { at: this.#services.clock.now(), reason };
    await this.#done(item, job);
  }
}

function linesOf(page: readonly Queued[]): Line[] {
  const lines = new Map<string, Line>();
  for (const queued of page) {
    const person = queued.job.change.profileId;
    const line = lines.get(person) ?? { person, jobs: [] };
    lines.set(person, line);
    line.jobs.push(queued);
  }
  return [...lines.values()];
}
