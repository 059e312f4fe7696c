import { describe, expect, it } from 'vitest';
import { cleanSearch, cleanUrl } from './url.ts';

describe('cleanUrl', () => {
  it('lowers scheme and host, keeps path and ordinary parameters, drops the fragment', () => {
    expect(cleanUrl('HTTPS://Shop.Example:8443/Shirts?size=M&q=blue+shirt#reviews')).toEqual({
      url: 'https://shop.example:8443/Shirts?size=M&q=blue+shirt',
      host: 'shop.example:8443',
      path: '/Shirts',
      search: '?size=M&q=blue+shirt',
      campaign: undefined,
    });
  });

  it('moves campaign parameters and click ids out of the address', () => {
    const url =
      'https://s.example/?a=1&utm_source=News%20letter&UTM_CAMPAIGN=may&utm_id=7&fbclid=abc&gclid=def';
    expect(cleanUrl(url)).toMatchObject({
      url: 'https://s.example/?a=1',
      campaign: { source: 'News letter', name: 'may', clickId: 'abc', clickNetwork: 'facebook' },
    });
  });

  it('drops what opens a door or names a person', () => {
    const secrets = [
      'token=x',
      'access_token=x',
      'reset-token=x',
      'PHPSESSID=x',
      'password=x',
      'email=x',
      'user_email=x',
      'contact=a%40b.example',
      'to=a@b.example',
      `t=eyJhbGciOi.J9.x`,
      `x=${'a1'.repeat(20)}`,
      'utm_content=a%40b.example',
      '%74oken=x',
    ];
    expect(secrets.map((pair) => cleanUrl(`https://s.example/p?${pair}&b=2`).url)).toEqual(
      secrets.map(() => 'https://s.example/p?b=2'),
    );
    expect(cleanUrl('https://me:pw@s.example/').url).toBe('https://s.example/');
    expect(cleanUrl('https://s.example/p;jsessionid=1A2B?x=1').url).toBe('https://s.example/p?x=1');
    expect(cleanUrl('https://s.example/u/ann.b@mail.example/orders').url).toBe(
      'https://s.example/u/-/orders',
    );
    expect(cleanUrl('https://s.example/u/ann%40mail.example').path).toBe('/u/-');
  });

  it('reads relative addresses and broken escapes', () => {
    expect(cleanUrl('/p?x=%zz&y=1')).toMatchObject({ url: '/p?x=%zz&y=1', host: undefined, path: '/p' });
    expect(cleanUrl('//cdn.example/x')).toMatchObject({ url: '//cdn.example/x', host: 'cdn.example' });
    expect(cleanUrl('')).toMatchObject({ url: '', host: undefined, search: '' });
  });

  it('is quick on addresses made to be slow', () => {
    const hostile = [
      `https://h/${'a%40'.repeat(600)}`,
      `https://h/${'@'.repeat(2040)}`,
      `?${'&='.repeat(1000)}`,
    ];
    expect(hostile.map((text) => typeof cleanUrl(text).url)).toEqual(hostile.map(() => 'string'));
  });
});

describe('cleanSearch', () => {
  it('cleans a query with and without its question mark', () => {
    expect(cleanSearch('?a=1&token=x')).toBe('?a=1');
    expect(cleanSearch('a=1&utm_source=x')).toBe('?a=1');
    expect(cleanSearch('')).toBe('');
  });
});
