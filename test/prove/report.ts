/** What a proof found, as people read it. */
import type { Proof } from './prove.ts';

const number = (value: number): string => value.toLocaleString('en-US');

/** One line per promise, then the accounting line. */
export function report(proof: Proof): string {
  const { findings, books, faults, answers } = proof;
  const total = (name: string): string => number(books.totals[name] ?? 0);
  const wrong = findings.find(({ promise }) => promise.startsWith('every profile'));
  const recoveries = [...proof.recoveries].sort((a, b) => a - b);
  const seconds = (ms: number | undefined): string => `${((ms ?? 0) / 1000).toFixed(1)} s`;
  return [
    ...findings.map(
      ({ promise, held, says }) => `${held ? '  holds  ' : '  BROKEN '} ${promise}${held ? '' : `: ${says}`}`,
    ),
    '',
    [
      `sent ${number(proof.sent)}`,
      `accepted ${total('accepted')}`,
      `applied ${total('applied')}`,
      `duplicates ${total('duplicates')}`,
      `quarantined ${total('quarantined')}`,
      `suppressed ${total('suppressed')}`,
      `difference ${number(books.inFlight)}`,
      wrong?.says ?? '',
      `requests answered ${Object.entries(answers)
        .map(([status, count]) => `${status}: ${number(count)}`)
        .join(', ')}`,
      `kills ${proof.kills}`,
      ...Object.entries(faults)
        .sort()
        .map(([fault, count]) => `${fault} ${number(count)}`),
      `poison ${number(proof.poison)}`,
      ...(recoveries.length > 0
        ? [`recovery p50 ${seconds(recoveries[recoveries.length >> 1])}, max ${seconds(recoveries.at(-1))}`]
        : []),
      `drain ${proof.drainSeconds.toFixed(1)} s`,
      `seed ${proof.seed}`,
    ].join(' | '),
  ].join('\n');
}
