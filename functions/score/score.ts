/**
 * Stream step: word of changed profiles -> scores beside them.
 *
 * Every profile of a batch is scored once, in its newest state. A score never replaces one that rests on a newer state, so
 * repeats and late deliveries change nothing. Without a model nothing is read; without an endpoint the neighbours answer.
 */
import * as z from 'zod/mini';
import type { Endpoint } from '../../domain/endpoint.ts';
import { WellspringError } from '../../domain/errors.ts';
import type { StreamRecord, StreamResult, Table, Write } from '../../domain/ports.ts';
import { decodeProfile, type Profile, profileKey } from '../../domain/profile/item.ts';
import { type Breaker, closed, failed, mayAsk, succeeded } from '../../domain/scores/breaker.ts';
import { decodeScores, encodeScores, SCORES, type Scores } from '../../domain/scores/scores.ts';
import { unpack } from '../../events/packed.ts';
import type { BehaviourAnswer } from '../../models/behaviour/answers.ts';
import type { Example } from '../../models/behaviour/example.ts';
import { type Served, ServedModels } from '../../models/served/open.ts';
import { ask, exampleOf, scoresOf } from '../../models/served/score.ts';
import type { Services } from '../services.ts';

/** Profiles of one question to the endpoint. */
const BATCH = 64;
const ATTEMPTS = 3;

const changeSchema = z.object({ version: z.literal(1), tenant: z.string(), profileId: z.string() });

export interface Scorer {
  readonly step: (records: readonly StreamRecord[]) => Promise<StreamResult>;
  /** Scores these profiles of a tenant now; returns how many got scores. */
  readonly score: (tenant: string, ids: readonly string[]) => Promise<number>;
}

/** Builds the step; it remembers what serves, and whether the endpoint answers. */
export function makeScore(services: Services<'score'>): Scorer {
  const { clock, metrics, objects, endpoint, tables } = services;
  const models = new ServedModels({ objects, clock });
  const asking = new Asking(endpoint, metrics.count);
  const score = async (tenant: string, ids: readonly string[]): Promise<number> => {
    const served = await models.of(tenant);
    if (!served.neighbours) return 0;
    let written = 0;
    for (let at = 0; at < ids.length; at += BATCH) {
      written += await scoreSome(tenant, ids.slice(at, at + BATCH), {
        served,
        asking,
        table: tables.profiles,
        now: clock.now(),
      });
    }
    metrics.count('Scored', written);
    return written;
  };
  return {
    score,
    step: async (records) => {
      for (const [tenant, ids] of changedIn(records)) await score(tenant, [...ids]);
      return {};
    },
  };
}

/** Profiles by tenant, each once. */
function changedIn(records: readonly StreamRecord[]): Map<string, Set<string>> {
  const changed = new Map<string, Set<string>>();
  for (const { data } of records) {
    for (const part of unpack(data).parts) {
      const { tenant, profileId } = changeSchema.parse(JSON.parse(new TextDecoder().decode(part)));
      const known = changed.get(tenant);
      if (known) known.add(profileId);
      else changed.set(tenant, new Set([profileId]));
    }
  }
  return changed;
}

interface Work {
  readonly served: Served;
  readonly asking: Asking;
  readonly table: Table;
  readonly now: number;
}

async function scoreSome(
  tenant: string,
  ids: readonly string[],
  { served, asking, table, now }: Work,
): Promise<number> {
  const items = await table.get(ids.map((id) => profileKey(tenant, id)));
  const profiles = ids.map((id, i) => decodeProfile(tenant, id, items[i]));
  const gone = profiles.filter(
    ({ version, meta }) => version > 0 && (meta.erased || meta.into !== undefined),
  );
  await table.delete(gone.map(({ id }) => profileKey(tenant, id, SCORES)));
  const alive = profiles.filter((profile) => profile.version > 0 && !gone.includes(profile));
  const examples = alive.map((profile) => exampleOf(profile, now));
  const answers = await asking.ask(served, tenant, examples, now);
  const scored = alive.flatMap((profile, i) => {
    const example = examples[i];
    const scores = example && scoresOf(profile, example, answers[i], served, now);
    return scores ? [{ profile, scores }] : [];
  });
  await save(table, scored);
  return scored.length;
}

/** Writes what is not older than what is there. */
async function save(table: Table, scored: readonly { profile: Profile; scores: Scores }[]): Promise<void> {
  let open = scored;
  for (let attempt = 0; open.length > 0; attempt++) {
    if (attempt === ATTEMPTS) throw new WellspringError('conflict_persists', 'scores keep changing');
    const known = await table.get(
      open.map(({ profile }) => profileKey(profile.tenant, profile.id, SCORES)),
      { consistent: true },
    );
    const newer = open.flatMap((entry, i) => {
      const item = known[i];
      const write: Write = {
        ...profileKey(entry.profile.tenant, entry.profile.id, SCORES),
        data: encodeScores(item ? keep(entry.scores, decodeScores(item)) : entry.scores),
        expect: item?.version ?? 0,
      };
      return item && decodeScores(item).profileVersion > entry.scores.profileVersion
        ? []
        : [{ entry, write }];
    });
    const results = await table.put(newer.map(({ write }) => write));
    open = newer.filter((_, i) => results[i]?.outcome !== 'written').map(({ entry }) => entry);
  }
}

/** While the endpoint does not answer, the last chances stay; they say on which model they rest. */
const keep = (scores: Scores, known: Scores): Scores =>
  scores.behaviour || !known.behaviour
    ? scores
    : { ...scores, profileVersion: known.profileVersion, behaviour: known.behaviour };

/** Asks the endpoint, unless it has just failed too often. */
class Asking {
  readonly #endpoint: Endpoint;
  readonly #count: (name: string, value: number) => void;
  #breaker: Breaker = closed;

  constructor(endpoint: Endpoint, count: (name: string, value: number) => void) {
    this.#endpoint = endpoint;
    this.#count = count;
  }

  /** Answers by example; undefined for all while the endpoint is out, or for the one that it refuses. */
  async ask(
    { behaviour }: Served,
    tenant: string,
    examples: readonly Example[],
    now: number,
  ): Promise<(BehaviourAnswer | undefined)[]> {
    if (!behaviour || examples.length === 0 || !mayAsk(this.#breaker, now))
      return examples.map(() => undefined);
    try {
      const answers = await ask(this.#endpoint, behaviour, modelName(tenant), examples);
      this.#breaker = succeeded();
      return answers;
    } catch (error) {
      if (!(error instanceof WellspringError)) throw error;
      if (error.code === 'model_refused')
        return this.#apart({ behaviour, neighbours: undefined, classes: undefined }, tenant, examples, now);
      if (error.code !== 'model_unavailable') throw error;
      this.#breaker = failed(this.#breaker, now);
      this.#count('EndpointFailed', 1);
      return examples.map(() => undefined);
    }
  }

  /** Halves what was refused until the one that does not fit stands alone. */
  async #apart(
    served: Served,
    tenant: string,
    examples: readonly Example[],
    now: number,
  ): Promise<(BehaviourAnswer | undefined)[]> {
    if (examples.length < 2) {
      this.#count('EndpointRefused', examples.length);
      return examples.map(() => undefined);
    }
    const middle = examples.length >> 1;
    const first = await this.ask(served, tenant, examples.slice(0, middle), now);
    return [...first, ...(await this.ask(served, tenant, examples.slice(middle), now))];
  }
}

/** Name under which the endpoint knows a tenant's behaviour model. */
export const modelName = (tenant: string): string => `${tenant}/behaviour`;
