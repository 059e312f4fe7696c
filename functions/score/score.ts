/**
 * Stream step: word of changed profiles -> scores beside them.
 *
 * Every profile of a batch is scored once, in its newest state. A score never replaces one that rests on a newer state, so
 * repeats and late deliveries change nothing. Without a model nothing is read; without an endpoint the neighbours answer.
 */
import { refuses } from '../../domain/consent/record.ts';
import { WellspringError } from '../../domain/errors.ts';
import type { StreamRecord, StreamResult, Table } from '../../domain/ports.ts';
import { decodeProfile, type Profile, profileKey } from '../../domain/profile/item.ts';
import { decodeScores, encodeScores, SCORES, type Scores, succeed } from '../../domain/scores/scores.ts';
import { Asking } from '../../models/served/asking.ts';
import { Handled } from '../../models/served/handled.ts';
import { type Served, ServedModels, serves } from '../../models/served/open.ts';
import { exampleOf, scoresOf } from '../../models/served/score.ts';
import { changedIn } from '../changed.ts';
import type { Services } from '../services.ts';

/** Profiles of one question to the endpoint. */
const BATCH = 64;
const ATTEMPTS = 3;

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
  const handled = new Handled();
  const score = async (
    tenant: string,
    ids: readonly string[],
    merged: ReadonlySet<string> = new Set(),
  ): Promise<number> => {
    const served = await models.of(tenant);
    const all = [...ids, ...handled.note(tenant, served, ids)];
    if (!serves(served)) return 0;
    let written = 0;
    for (let at = 0; at < all.length; at += BATCH) {
      written += await scoreSome(tenant, all.slice(at, at + BATCH), {
        served,
        asking,
        table: tables.profiles,
        now: clock.now(),
        merged,
      });
    }
    metrics.count('Scored', written);
    return written;
  };
  return {
    score,
    step: async (records) => {
      for (const [tenant, { ids, merged }] of changedIn(records)) await score(tenant, [...ids], merged);
      return {};
    },
  };
}

interface Work {
  readonly served: Served;
  readonly asking: Asking;
  readonly table: Table;
  readonly now: number;
  readonly merged: ReadonlySet<string>;
}

/** Joined into another, erased, or of somebody who objects to profiling: no score may be made, and none may stay. */
const isOut = ({ version, meta, state }: Profile): boolean =>
  version > 0 && (meta.erased || meta.into !== undefined || refuses(state.consent, 'profiling'));

async function scoreSome(
  tenant: string,
  ids: readonly string[],
  { served, asking, table, now, merged }: Work,
): Promise<number> {
  const items = await table.get(ids.map((id) => profileKey(tenant, id)));
  const profiles = ids.map((id, i) => decodeProfile(tenant, id, items[i]));
  const out = profiles.filter(isOut).map(({ id }) => id);
  const taken = profiles.filter(({ id }) => merged.has(id)).flatMap(({ meta }) => meta.linked);
  await table.delete([...new Set([...out, ...taken])].map((id) => profileKey(tenant, id, SCORES)));
  const alive = profiles.filter((profile) => profile.version > 0 && !isOut(profile));
  const examples = alive.map((profile) => exampleOf(profile, now));
  const asked = await asking.ask(served.behaviour, tenant, examples, now);
  const scored = alive.flatMap((profile, i) => {
    const [example, said] = [examples[i], asked[i]];
    return example && said ? [{ profile, scores: scoresOf(profile, example, said, served, now) }] : [];
  });
  await save(table, scored);
  return scored.length;
}

interface Scored {
  readonly profile: Profile;
  readonly scores: Scores;
}

/** Writes what is not older than what is there. @throws WellspringError `conflict_persists`. */
async function save(table: Table, scored: readonly Scored[]): Promise<void> {
  let open = scored;
  for (let attempt = 0; open.length > 0; attempt++) {
    if (attempt === ATTEMPTS) throw new WellspringError('conflict_persists', 'scores keep changing');
    const keys = open.map(({ profile: { tenant, id } }) => profileKey(tenant, id, SCORES));
    const known = await table.get(keys, { consistent: true });
    const writes = open.flatMap((entry, i) => {
      const [key, item] = [keys[i], known[i]];
      const scores = succeed(entry.scores, item && decodeScores(item));
      return key && scores
        ? [{ entry, write: { ...key, data: encodeScores(scores), expect: item?.version ?? 0 } }]
        : [];
    });
    const results = await table.put(writes.map(({ write }) => write));
    open = writes.filter((_, i) => results[i]?.outcome !== 'written').map(({ entry }) => entry);
  }
}
