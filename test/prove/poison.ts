/** Events that must not be applied. */

export type Fields = Readonly<Record<string, unknown>>;

/** Eight kinds of events that cannot be applied, with the reason that must be given. A field that is undefined is not sent. */
export const poisons: readonly (readonly [reason: string, spoil: (event: Fields) => Fields])[] = [
  ['invalid_type', (event) => ({ ...event, type: 'nonsense' })],
  ['missing_event', (event) => ({ ...event, event: undefined })],
  ['name_too_long', (event) => ({ ...event, event: 'e'.repeat(300) })],
  ['no_identity', (event) => ({ ...event, anonymousId: undefined, userId: undefined })],
  ['id_too_long', (event) => ({ ...event, anonymousId: 'a'.repeat(300) })],
  ['junk_id', (event) => ({ ...event, anonymousId: 'undefined' })],
  ['event_too_large', (event) => ({ ...event, properties: { text: 'x'.repeat(33_000) } })],
  [
    'too_many_keys',
    (event) => ({
      ...event,
      properties: Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`k${i}`, i])),
    }),
  ],
];

/** As a search engine's robot would send it: to be suppressed. */
export const crawled = (event: Fields): Fields => ({
  ...event,
  context: { userAgent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' },
});
