/** Faults on every port, two writers at once: the lists end as the rules say, and word of every step went out, in order. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Chaos } from '../../adapters/embedded/chaos.ts';
import { EmbeddedTable } from '../../adapters/embedded/table.ts';
import type { Stream, StreamEntry, Table } from '../../domain/ports.ts';
import { fold } from '../../domain/profile/fold.ts';
import { encodeProfile, freshProfile, profileKey } from '../../domain/profile/item.ts';
import { emptyState } from '../../domain/profile/state.ts';
import { seededRandom } from '../../domain/random.ts';
import { compile } from '../../domain/segments/evaluate.ts';
import { factsFrom, plainFacts } from '../../domain/segments/facts.ts';
import {
  DEFINITIONS,
  definitionsPartition,
  membersPartition,
  standingKey,
} from '../../domain/segments/keys.ts';
import { encodeSegment } from '../../domain/segments/segment.ts';
import { decodeStanding } from '../../domain/segments/standing.ts';
import { unpack } from '../../events/packed.ts';
import { Assessor } from '../../functions/membership/assess.ts';
import { testFolder } from '../fixtures/folder.ts';
import { history, type Told } from '../fixtures/histories.ts';
import { rule } from '../fixtures/rules.ts';

const NOW = Date.UTC(2026, 5, 2);
const DAY = 86_400_000;
const T = 't';
const ids = ['0a', '1b', '2c'].map((id) => id.repeat(16));
const numRuns = Number(process.env['FC_RUNS'] ?? 12);
const rates = { throttle: 0.05, partial: 0.05, lostAnswer: 0.05 };

class Kept implements Stream {
  readonly records: StreamEntry[] = [];
  async append(records: readonly StreamEntry[]): Promise<void> {
    this.records.push(...records);
  }
}

/** As a stream or a clock would: again and again until it is taken. */
async function untilDone(work: () => Promise<void>): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    try {
      return await work();
    } catch {
      // Delivered again.
    }
  }
  throw new Error('it never went through');
}

async function save(table: Table, id: string, told: readonly Told[]): Promise<void> {
  const state = told.reduce((all, { event, message }) => fold(all, event, message, id), emptyState());
  const [item] = await table.get([profileKey(T, id)]);
  await table.put([
    {
      ...profileKey(T, id),
      data: encodeProfile({ ...freshProfile(T, id), state }),
      expect: item?.version ?? 0,
    },
  ]);
}

test('lists, standings and word agree with the rules', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(rule, { minLength: 1, maxLength: 4 }),
      fc.array(fc.tuple(fc.nat(2), history(4), fc.nat(9)), { minLength: 1, maxLength: 5 }),
      fc.nat(),
      async (rules, changes, seed) => {
        using folder = testFolder();
        const chaos = new Chaos({ rates, random: seededRandom(seed) });
        let now = NOW;
        const clock = { now: () => now };
        const profiles = new EmbeddedTable({ path: `${folder.path}/profiles.db`, clock });
        const segments = new EmbeddedTable({ path: `${folder.path}/segments.db`, clock });
        const kept = new Kept();
        const assessor = (): Assessor =>
          new Assessor({
            clock,
            metrics: { count: () => {} },
            tables: { profiles, segments: chaos.table(segments) },
            streams: { memberships: chaos.stream(kept) },
          });
        await segments.put(
          rules.map((one, i) => ({
            pk: definitionsPartition(T),
            sk: `s${i}`,
            index: DEFINITIONS,
            data: encodeSegment({ name: `${i}`, description: '', rule: one, createdAt: NOW, updatedAt: NOW }),
          })),
        );
        const [one, other] = [assessor(), assessor()];
        const states = new Map<string, readonly Told[]>();
        for (const [person, told, days] of changes) {
          const id = ids[person] ?? '';
          states.set(id, told);
          await save(profiles, id, told);
          now += days * DAY;
          await Promise.all([
            untilDone(() => one.assess(T, [id])),
            untilDone(() => other.assess(T, ids.toReversed())),
          ]);
        }
        await untilDone(() => one.assess(T, ids));
        for (const [i, asked] of rules.entries()) {
          const wanted = [...states].filter(([id, told]) => {
            const state = told.reduce(
              (all, { event, message }) => fold(all, event, message, id),
              emptyState(),
            );
            return compile(asked).test(factsFrom(plainFacts(state)), now);
          });
          const { items } = await segments.query({ pk: membersPartition(T, `s${i}`) });
          expect(items.map(({ sk }) => sk)).toEqual(wanted.map(([id]) => id).sort());
        }
        const standings = await segments.get([...states.keys()].map((id) => standingKey(T, id)));
        const inNow = standings.flatMap((item) => (item ? decodeStanding(item).in : [])).length;
        const said = new Map<string, string>();
        for (const { data } of kept.records)
          for (const part of unpack(data).parts) said.set(Buffer.from(part).toString(), '');
        const kinds = [...said.keys()].map((text) => (text.includes('"kind":"entered"') ? 1 : -1));
        expect(kinds.reduce((sum: number, kind) => sum + kind, 0)).toBe(inNow);
        expect(standings.every((item) => item && decodeStanding(item).out.length === 0)).toBe(true);
        profiles.close();
        segments.close();
      },
    ),
    { numRuns },
  );
}, 60_000);
