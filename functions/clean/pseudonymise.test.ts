import { describe, expect, it } from 'vitest';
import { replaceContacts } from './contacts.ts';
import { cleanOk, exampleEvent } from './example.ts';
import { hideValue, pseudonym } from './pseudonymise.ts';
import { defaultRules, type FieldRule } from './rules.ts';

const hidden = expect.stringMatching(/^p_[0-9a-f]{24}$/);
const cleaned = (properties: Record<string, unknown>): Record<string, unknown> =>
  cleanOk({ ...exampleEvent(1), properties }).properties;

describe('contacts', () => {
  const stars = (text: string): string => replaceContacts(text, () => '*');

  it('are found anywhere in a text', () => {
    expect(stars('Mail ann.b+x@mail.example, or bob@x.co!')).toBe('Mail *, or *!');
    expect(stars('ann@mail.example')).toBe('*');
    expect(stars('call +49 (151) 234-56789 now')).toBe('call * now');
    expect(stars('+14155550123')).toBe('*');
  });

  it('are not seen where there are none', () => {
    const texts = [
      '@ann',
      'a@b',
      'size 10 + 2',
      '1234567890',
      '+12',
      'A4 @ 90g',
      'C++ 2024-01-01 12:00',
      '10+20+30',
    ];
    expect(texts.map(stars)).toEqual(texts);
  });

  it('are sought in time linear in the text', () => {
    const hostile = ['a'.repeat(30_000), '@'.repeat(30_000), 'a@'.repeat(15_000), '+1 '.repeat(10_000)];
    expect(hostile.map((text) => stars(text).length > 0)).toEqual(hostile.map(() => true));
  });
});

describe('pseudonymise', () => {
  it('hides contacts in properties at any depth, by value and by name of the field', () => {
    expect(
      cleaned({
        email: 'Ann@mail.example',
        phone: 15_112_345,
        note: 'from ann@mail.example',
        list: [{ to: 'ann@mail.example' }, ['ann@mail.example']],
        name: 'Shirt',
      }),
    ).toEqual({
      email: hidden,
      phone: hidden,
      note: expect.stringMatching(/^from p_[0-9a-f]{24}$/),
      list: [{ to: hidden }, [hidden]],
      name: 'Shirt',
    });
  });

  it('gives equal people equal pseudonyms within a tenant, and nobody else', () => {
    const { email, note } = cleaned({ email: ' ANN@mail.example', note: 'ann@mail.example' });
    expect(email).toBe(note);
    expect(pseudonym('k', 't', 'a')).not.toBe(pseudonym('k', 'u', 'a'));
    expect(pseudonym('k', 't', 'a')).not.toBe(pseudonym('l', 't', 'a'));
  });

  it('keeps traits, and hides the authors of posts', () => {
    const event = cleanOk({
      ...exampleEvent(1),
      properties: { author: 'ann_b', text: 'nice' },
      traits: { email: 'ann@mail.example' },
    });
    expect(event.properties).toEqual({ author: hidden, text: 'nice' });
    expect(event.traits).toEqual({ email: 'ann@mail.example' });
  });

  it('follows the rules of each field', () => {
    const traits: Record<string, FieldRule> = {
      name: { pseudonymise: 'drop' },
      birthday: { pseudonymise: 'reduce' },
      income: { pseudonymise: 'reduce' },
      email: { pseudonymise: 'reduce' },
      street: { pseudonymise: 'reduce' },
      postcode: { pseudonymise: 'truncate' },
      last_ip: { pseudonymise: 'truncate' },
      tax: { pseudonymise: 'hash' },
      city: { pseudonymise: 'keep' },
    };
    const given = {
      name: 'Ann',
      birthday: '1990-05-17',
      income: 48_312,
      email: 'ann@Mail.example',
      street: 'Hill 4',
      postcode: '89073',
      last_ip: '203.0.113.9',
      tax: 123,
      city: 'Ulm',
    };
    const identify = { type: 'identify', userId: 'u', messageId: 'm', traits: given };
    expect(cleanOk(identify, {}, { rules: { ...defaultRules, traits } }).traits).toEqual({
      birthday: '1990',
      income: 48_000,
      email: 'mail.example',
      postcode: '890',
      last_ip: '203.0.113.0',
      tax: hidden,
      city: 'Ulm',
    });
  });

  it('leaves nothing where it must drop', () => {
    expect(hideValue({ a: 1 }, 'reduce', String)).toBeUndefined();
    expect(hideValue('x', 'drop', String)).toBeUndefined();
    expect(hideValue(null, 'hash', String)).toBeNull();
  });

  it('can leave contacts in properties to the shop', () => {
    const event = { ...exampleEvent(1), properties: { email: 'ann@mail.example' } };
    const rules = { ...defaultRules, contacts: 'keep' } as const;
    expect(cleanOk(event, {}, { rules }).properties).toEqual({ email: 'ann@mail.example' });
  });
});
