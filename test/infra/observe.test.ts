import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { entryOf, functionNames } from '../../functions/chain.ts';
import { Synthesised } from './template.ts';

const prod = new Synthesised('prod', { alarmEmail: 'alarms@example.com' });
const alarms = prod.all(prod.chain, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
const descriptions = alarms.map((alarm) => String(alarm['AlarmDescription']));

const runbook = readFileSync(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8');
/** Anchors as Git hosts make them from headings. */
const anchors = [...runbook.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-'),
);

describe('alarms', () => {
  it('each names a heading that the runbook has', () => {
    for (const text of descriptions) {
      const [, anchor] = /docs\/runbook\.md#([\w-]+)$/.exec(text) ?? [];
      expect(anchors).toContain(anchor);
    }
  });

  it('each tells the topic when it starts and when it ends', () => {
    for (const alarm of alarms) {
      expect(prod.text(alarm['AlarmActions'])).toBe('["AlarmsTopic"]');
      expect(prod.text(alarm['OKActions'])).toBe('["AlarmsTopic"]');
    }
  });

  it.each(functionNames)('watch %s for what its trigger can do wrong', (name) => {
    const about = descriptions
      .filter((text) => text.startsWith(`${name} `))
      .map((text) => text.split('#')[1]);
    const consumer = entryOf(name).trigger.kind === 'stream';
    const wanted = consumer
      ? ['errors', 'lag', 'records-given-up-on', 'records-given-up-on', 'throttles']
      : ['errors', 'throttles'];
    expect(about.sort()).toEqual(wanted);
  });

  it('watch the deliveries of their own mapping', () => {
    const deliveries = alarms.filter((alarm) => String(alarm['MetricName']).endsWith('EventCount'));
    for (const alarm of deliveries) {
      const name = String(alarm['AlarmDescription']).split(' ')[0];
      expect(prod.text(alarm['Dimensions'])).toContain(`${name}Mapping`);
    }
    expect(deliveries).toHaveLength(
      2 * functionNames.filter((n) => entryOf(n).trigger.kind === 'stream').length,
    );
  });

  it('go to the address of the stage', () => {
    const [[, subscription] = []] = prod.all(prod.chain, 'AWS::SNS::Subscription');
    expect(subscription?.Properties).toMatchObject({ Protocol: 'email', Endpoint: 'alarms@example.com' });
  });
});

it('the runbook has a section for every function', () => {
  for (const name of functionNames) expect(anchors).toContain(name);
});

it('the dashboard shows every function and stream', () => {
  const [[, dashboard] = []] = prod.all(prod.chain, 'AWS::CloudWatch::Dashboard');
  const body = prod.text(dashboard?.Properties['DashboardBody']);
  for (const name of functionNames) expect(body).toContain(`"label":"${name}"`);
});
