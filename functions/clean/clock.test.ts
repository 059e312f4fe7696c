import { describe, expect, it } from 'vitest';
import type { Envelope } from '../../events/envelope.ts';
import { cleanOk, exampleEvent, RECEIVED } from './example.ts';
import { defaultRules } from './rules.ts';

const HOUR = 3_600_000;
const iso = (time: number): string => new Date(time).toISOString();
const at = (fields: Record<string, unknown>, envelope: Partial<Envelope> = {}): number =>
  cleanOk({ ...exampleEvent(1), timestamp: undefined, ...fields }, envelope).timestamp;

describe('clock', () => {
  it('corrects a clock that is an hour ahead by the time of sending', () => {
    const fields = { originalTimestamp: iso(RECEIVED + HOUR - 5000), sentAt: iso(RECEIVED + HOUR) };
    expect(at(fields)).toBe(RECEIVED - 5000);
    expect(cleanOk({ ...exampleEvent(1), ...fields }).flags).toEqual(['clock_skew']);
  });

  it('takes the sending time of the request where the event has none', () => {
    expect(at({ timestamp: iso(RECEIVED + HOUR - 5000) }, { sentAt: RECEIVED + HOUR })).toBe(RECEIVED - 5000);
  });

  it('keeps the times of history', () => {
    const past = RECEIVED - 1000 * HOUR;
    expect(at({ timestamp: iso(past), sentAt: iso(past) }, { replay: true, sentAt: past + HOUR })).toBe(past);
  });

  it('reads seconds only from sources that are declared to send them', () => {
    const event = { ...exampleEvent(1), timestamp: RECEIVED / 1000 - 60 };
    expect(cleanOk(event).flags).toContain('late');
    const rules = { ...defaultRules, secondsSources: ['web'] };
    expect(cleanOk(event, {}, { rules })).toMatchObject({ timestamp: RECEIVED - 60_000, flags: [] });
  });
});
