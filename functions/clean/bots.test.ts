import { describe, expect, it } from 'vitest';
import type { Envelope } from '../../events/envelope.ts';
import { chrome, cleanJson, exampleEvent } from './example.ts';
import { defaultRules } from './rules.ts';

interface From {
  library?: string;
  agent?: string;
  type?: string;
  envelope?: Partial<Envelope>;
}

/** Suppressed, or let through. */
function verdict({ library, agent, type = 'page', envelope = {} }: From): string {
  const context = {
    ...(library === undefined ? {} : { library: { name: library } }),
    ...(agent === undefined ? {} : { userAgent: agent }),
  };
  const outcome = cleanJson({ ...exampleEvent(1), type, context }, envelope);
  return outcome.kind === 'suppress' ? outcome.reason : outcome.kind;
}

const crawlers = [
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'curl/8.5.0',
  'python-requests/2.32',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (compatible; NeverHeardOf/1.0; ops@crawler.example)',
  `${chrome} Zzyzx-Inspector/3.1`,
  'Shopsniffer 2',
  '',
];

describe('bots', () => {
  it('lets browsers through and suppresses programs that call a page', () => {
    expect(verdict({ library: 'analytics.js', agent: chrome })).toBe('ok');
    expect(
      crawlers.map((agent) => verdict({ library: 'analytics.js', envelope: { userAgent: agent } })),
    ).toEqual(crawlers.map(() => 'bot'));
  });

  it('judges page views without a library, such as those of an access log', () => {
    expect(verdict({ agent: 'curl/8.5.0' })).toBe('bot');
    expect(verdict({ agent: chrome })).toBe('ok');
    expect(verdict({ agent: 'curl/8.5.0', type: 'track' })).toBe('ok');
  });

  it('leaves servers and apps alone, whose agents are programs by nature', () => {
    const envelope = { userAgent: 'node', trust: 'secret' } as const;
    expect(verdict({ library: '@segment/analytics-node', type: 'track', envelope })).toBe('ok');
    expect(verdict({ library: '@rudderstack/rudder-sdk-node', agent: 'okhttp/4.12', type: 'track' })).toBe(
      'ok',
    );
    expect(verdict({ library: 'analytics-ios', agent: 'Shop/3.1 CFNetwork/1490' })).toBe('ok');
    expect(verdict({ envelope })).toBe('ok');
  });

  it('believes a server that passes on the agent of a crawler', () => {
    expect(verdict({ library: '@segment/analytics-node', agent: crawlers[0] ?? '', type: 'track' })).toBe(
      'bot',
    );
  });

  it('does not mistake the importer of history for the visitor', () => {
    expect(verdict({ envelope: { replay: true, userAgent: 'node' } })).toBe('ok');
  });

  it('can be switched off', () => {
    const event = { ...exampleEvent(1), context: { userAgent: 'curl/8', library: { name: 'analytics.js' } } };
    expect(cleanJson(event, {}, { rules: { ...defaultRules, bots: 'keep' } }).kind).toBe('ok');
  });
});
