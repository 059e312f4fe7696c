/** What a proof found, as people read it. */
import { promises } from './check.ts';
import type { Proof } from './prove.ts';

const number = (value: number): string => value.toLocaleString('en-US');
const seconds = (ms: number | undefined): string => `${((ms ?? 0) / 1000).toFixed(2)} s`;

/** One line per promise, then the accounting line. */
export function report(proof: Proof): string {
  const lines = proof.findings.map(({ promise, wrong, what }) =>
    wrong === 0
      ? `  holds   ${promises[promise]}`
      : `  BROKEN  ${promises[promise]}: ${number(wrong)} ${what}`,
  );
  return [...lines, '', account(proof).join(' | ')].join('\n');
}

function account({ books, noise, ...proof }: Proof): string[] {
  const total = (name: string): string => `${name} ${number(books.totals[name] ?? 0)}`;
  const profiles = proof.findings.find(({ promise }) => promise === 'profiles');
  const recoveries = proof.recoveries.toSorted((a, b) => a - b);
  const answers = Object.entries(proof.answers).map(([status, count]) => `${status}: ${number(count)}`);
  const faults = Object.entries(proof.faults)
    .sort()
    .map(([fault, count]) => `${fault} ${number(count)}`);
  return [
    `sent ${number(proof.sent)}`,
    ...['accepted', 'applied', 'duplicates', 'quarantined', 'suppressed'].map(total),
    `difference ${number(books.inFlight)}`,
    `profiles wrong ${number(profiles?.wrong ?? 0)}`,
    `requests answered ${answers.join(', ')}`,
    `noisy tenant: accepted ${number(noise.accepted)} of ${number(noise.accepted + noise.unclear + noise.refused)}`,
    `faults: kill -9 ${number(recoveries.length)}, poison ${number(proof.poison)}, ${faults.join(', ')}`,
    `recovery p50 ${seconds(recoveries[recoveries.length >> 1])}, max ${seconds(recoveries.at(-1))}`,
    `drain ${proof.drainSeconds.toFixed(1)} s`,
    `took ${proof.seconds.toFixed(1)} s`,
    `seed ${proof.seed}`,
  ];
}
