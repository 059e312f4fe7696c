/** What is known of a visit beside its events, by which people can be told apart. */
export const attributes = [
  'device',
  'os',
  'browser',
  'campaign',
  'campaign_source',
  'campaign_medium',
  'country',
  'locale',
  'referrer',
  'source',
] as const;
export type Attribute = (typeof attributes)[number];
