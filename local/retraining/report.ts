/** What people read of models: the comparison of a run, and the list of versions. */
import type { Estimate, Manifest } from '../../models/registry/manifest.ts';
import type { Listed } from '../../models/registry/registry.ts';

const figure = (value: number): string => value.toFixed(4);
const estimate = ({ value, low, high }: Estimate): string =>
  low === value && high === value ? figure(value) : `${figure(value)} [${figure(low)}, ${figure(high)}]`;

function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (most, row) => row.map((cell, i) => Math.max(most[i] ?? 0, cell.length)),
    [],
  );
  return rows
    .map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd())
    .join('\n');
}

/** Everybody's figures on the same hold-out, 95 % intervals in brackets, and the verdict with its reasons. */
export function comparisonText({ name, version, comparison, gate, metrics, data }: Manifest): string {
  const names = [...new Set(comparison.flatMap((row) => Object.keys(row.metrics)))];
  const table = columns([
    ['', ...names],
    ...comparison.map((row) => [
      row.model,
      ...names.map((one) => (row.metrics[one] ? estimate(row.metrics[one]) : '')),
    ]),
  ]);
  const others = Object.entries(metrics).filter(([one]) => !names.includes(one));
  const verdict = gate.passed ? 'promoted' : 'refused';
  const reasons = gate.checks.map(({ passed, says }) => `  ${passed ? '+' : '-'} ${says}`);
  return [
    `${name} ${version}: ${verdict}`,
    `  ${data.train} examples for training, ${data.validation} for validation, ${data.holdout} held out`,
    table,
    ...others.map(([one, value]) => `  ${one} ${estimate(value)}`),
    ...reasons,
    '',
  ].join('\n');
}

/** One line per version, newest first; the champion is marked. */
export function listText(models: readonly Listed[]): string {
  if (models.length === 0) return 'No model yet. Train the first one with: wellspring retrain\n';
  return models
    .map(({ name, champion, versions }) => {
      const rows = versions.map((manifest) => [
        manifest.version === champion ? '*' : ' ',
        manifest.version,
        manifest.gate.passed ? 'passed' : 'refused',
        Object.entries(manifest.metrics)
          .map(([metric, value]) => `${metric} ${figure(value.value)}`)
          .join(', '),
        `data ${manifest.dataDigest.slice(0, 12)}`,
      ]);
      return `${name}\n${columns(rows)}\n`;
    })
    .join('\n');
}
