import { describe, expect, it } from 'vitest';
import { chrome } from './example.ts';
import { deviceOf } from './user-agent.ts';

const apple = 'AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0';
const blink = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0';

describe('deviceOf', () => {
  it.each([
    [chrome, 'desktop', 'Windows', 'Chrome'],
    [
      `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${apple} Safari/605.1.15`,
      'desktop',
      'macOS',
      'Safari',
    ],
    [
      `Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) ${apple} Mobile/15E148 Safari/604.1`,
      'mobile',
      'iOS',
      'Safari',
    ],
    [
      `Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) ${apple} Mobile/15E148 Safari/604.1`,
      'tablet',
      'iOS',
      'Safari',
    ],
    [`Mozilla/5.0 (Linux; Android 15; Pixel 9) ${blink} Mobile Safari/537.36`, 'mobile', 'Android', 'Chrome'],
    [`Mozilla/5.0 (Linux; Android 14; SM-X710) ${blink} Safari/537.36`, 'tablet', 'Android', 'Chrome'],
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${blink} Safari/537.36 Edg/142.0`,
      'desktop',
      'Windows',
      'Edge',
    ],
    [`Mozilla/5.0 (Windows NT 10.0) ${blink} Safari/537.36 OPR/108.0`, 'desktop', 'Windows', 'Opera'],
    [
      `Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36`,
      'mobile',
      'Android',
      'Samsung Internet',
    ],
    [
      'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0',
      'desktop',
      'Linux',
      'Firefox',
    ],
    [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${blink} Safari/537.36`, 'desktop', 'Chrome OS', 'Chrome'],
    [`Mozilla/5.0 (SMART-TV; Linux; Tizen 7.0) ${apple} Safari/537.36`, 'tv', 'Linux', 'Safari'],
  ])('%s', (agent, type, os, browser) => {
    expect(deviceOf(agent)).toEqual({ type, os, browser });
  });

  it('says unknown rather than guess', () => {
    expect(deviceOf('okapi')).toEqual({ type: 'unknown' });
  });
});
