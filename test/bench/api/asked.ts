/** Reads of profiles and previews through HTTP, on a folder of many people, while events stream in. */
import { setTimeout as pause } from 'node:timers/promises';
import { readySegments, usualMarks } from '../../../domain/segments/ready.ts';
import type { Rule } from '../../../domain/segments/rule.ts';
import type { Figure } from '../report.ts';
import { say, withHost } from '../running.ts';
import { figuresOf, warm } from './asking.ts';

const SEGMENTS = 100;
const SETTLING_MS = 10_000;
const WARM_SECONDS = 8;
/** People whose profiles are read in turn: few, or more than are asked for. */
const AGAIN = 20;
const FIRST = 1000;
export const plans = ['free', 'club', 'gold'];

export const rules: readonly Rule[] = [
  ...readySegments(usualMarks).map(({ rule }) => rule),
  ...Array.from(
    { length: SEGMENTS },
    (_, i): Rule => ({
      all: [
        { kind: 'count', of: 'productViews', days: 1 + (i % 35), op: 'gte', value: 1 },
        {
          any: [
            { kind: 'trait', name: 'plan', op: 'eq', value: plans[i % 3] ?? '' },
            { kind: 'since', of: 'lastSeen', op: 'lt', value: i % 40 },
          ],
        },
        { not: { kind: 'trait', name: 'age', op: 'lt', value: 20 + (i % 40) } },
      ],
    }),
  ),
].slice(0, SEGMENTS);

export const peopleNote = (count: number): string => `${count.toLocaleString('en-US')} people`;

const previewQuestions = rules.map((rule) => ({
  method: 'POST',
  path: '/api/segments/preview',
  body: JSON.stringify({ rule }),
}));

/** `seconds` of asking, of each kind, on a folder with `count` people. */
export async function askedFigures(data: string, count: number, seconds: number): Promise<Figure[]> {
  return withHost(data, async (host) => {
    say('first preview');
    const started = performance.now();
    const reply = await fetch(`${host.url}/api/segments/preview`, {
      method: 'POST',
      headers: { authorization: `Bearer ${host.secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ rule: { all: [] } }),
    });
    await reply.arrayBuffer();
    if (!reply.ok) throw new Error(`a preview was answered with ${reply.status}`);
    const took = performance.now() - started;
    const key = host.secretKey;
    const reads = (many: number) =>
      Array.from({ length: many }, (_, i) => ({
        method: 'GET',
        path: `/api/profiles/u-${(i * 7919) % count}`,
      }));
    const aim = 'under 10';
    // Looking on at the same person is noted in the audit log once a minute: these are the second looks.
    const again = { what: 'read of a profile, again', key, questions: reads(AGAIN), aim };
    const first = { what: 'read of a profile, noted in the audit log', key, questions: reads(FIRST), aim };
    const previews = { what: 'preview of a rule', key, questions: previewQuestions, aim: 'under 300' };
    const figures: Figure[] = [
      {
        what: 'preview of a rule, the first after a start',
        value: took,
        unit: 'ms',
        note: peopleNote(count),
      },
    ];
    // A host that has just started looks at everybody once.
    await pause(SETTLING_MS);
    await warm(host, WARM_SECONDS);
    await host.drain();
    for (const kind of [again, first, previews]) {
      say(`${kind.what}, events streaming in`);
      figures.push(...(await figuresOf(host, kind, { seconds, streaming: true })));
    }
    return figures;
  });
}
