/**
 * How many crawlers are caught that nobody listed, measured where the optional data folder exists.
 * Protocol: half of the published crawler patterns (by hash) is the list, the agents of the other half are new.
 */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { isbot } from 'isbot';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { tag32 } from '../../domain/ids.ts';
import { isAutomatedBrowser, looksAutomated } from './automated.ts';

const data = new URL('../../../shared/data/', import.meta.url);
const text = (path: string): string => gunzipSync(readFileSync(new URL(path, data))).toString('utf8');
const there = existsSync(new URL('bot_user_agents', data)) && existsSync(new URL('apache_logs', data));

const crawlersSchema = z.array(z.object({ pattern: z.string(), instances: z.array(z.string()) }));
const share = (list: readonly string[], test: (agent: string) => boolean): number =>
  list.filter(test).length / list.length;
const unique = (list: readonly string[]): string[] => [...new Set(list)];

describe.runIf(there)('the optional data folder', () => {
  it('has at most a tenth of unlisted crawlers slip through the rules, where a list alone lets half pass', () => {
    const crawlers = crawlersSchema.parse(JSON.parse(text('bot_user_agents/crawler-user-agents.json.gz')));
    const listed = crawlers.filter(({ pattern }) => tag32(pattern) % 2 === 0);
    const held = crawlers.filter(({ pattern }) => tag32(pattern) % 2 === 1);
    const fresh = unique(held.flatMap(({ instances }) => instances));
    const list = new RegExp(listed.map(({ pattern }) => pattern).join('|'));
    expect(fresh.length).toBeGreaterThan(800);
    expect(share(fresh, (agent) => list.test(agent))).toBeLessThan(0.6);
    expect(share(fresh, looksAutomated)).toBeGreaterThan(0.95);
    expect(share(fresh, isAutomatedBrowser)).toBeGreaterThan(0.99);
  });

  it('lets the browsers of a real access log through', () => {
    const lines = text('apache_logs/apache_logs.gz').trim().split('\n');
    const agents = unique(lines.map((line) => /"([^"]*)"\s*$/.exec(line)?.[1] ?? ''));
    const browsers = agents.filter(
      (agent) => !isbot(agent) && /^Mozilla\/5\.0 \([^)]*\).*(?:Gecko|Trident|KHTML)/.test(agent),
    );
    expect(browsers.length).toBeGreaterThan(300);
    expect(browsers.filter((agent) => looksAutomated(agent) && !/slurp/.test(agent))).toEqual([]);
  });
});

describe('looksAutomated', () => {
  const inApp = [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/490.0.0.36.110;FBBV/1;FBDV/iPhone15,2;FBMD/iPhone;FBSN/iOS;FBSV/18.1;FBSS/3;FBID/phone;FBLC/en_US]',
    'Mozilla/5.0 (Linux; Android 15; CPH2557 Build/AP3A.240617.008; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/142.0.7444.142 Mobile Safari/537.36 Instagram 406.0.0.58.159 Android',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1 NAVER(inapp; search; 2000; 12.9.1)',
    'Mozilla/5.0 (Linux; Android 14; V2244A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.50 NetType/WIFI Language/zh_CN',
    'Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; WOW64; Trident/6.0; .NET4.0E; .NET4.0C; InfoPath.3)',
    'Mozilla/5.0 (Linux; U; Android 13; zh-cn; 2201122C) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/109.0 Mobile Safari/537.36 XiaoMi/MiuiBrowser/18.6',
  ];
  it('takes browsers inside apps for the people they are', () => {
    expect(inApp.filter((agent) => isAutomatedBrowser(agent))).toEqual([]);
  });
});
