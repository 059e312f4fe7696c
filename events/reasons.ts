/**
 * Every reason for which an event is not applied, with a sentence a person can act on.
 * The list is closed: the ledger, quarantine, API and docs use these codes and no others.
 */
export const quarantineReasons = {
  invalid_json: 'The event is not a JSON object.',
  invalid_type: 'The field "type" is none of track, identify, page, screen, group, alias.',
  missing_event: 'A track call needs a non-empty "event" name.',
  name_too_long: 'The event or page name is longer than 256 bytes.',
  invalid_properties: 'A property of this event has the wrong type; the detail names the field.',
  no_identity: 'Neither userId nor anonymousId is given.',
  invalid_id: 'An id is not a string, or holds a NUL or a lone surrogate.',
  id_too_long: 'An id is longer than 256 bytes.',
  junk_id: 'An id is a placeholder such as "null" or "undefined", which would merge strangers.',
  duplicate_key: 'An id occurs twice in the same JSON object.',
  too_many_keys: 'The event has more than 1,000 keys.',
  too_many_traits: 'The call has more than 200 traits, or more than 16 KB of them.',
  event_too_large: 'The event is larger than 32 KB; its digest and first kilobyte are kept.',
  id_reuse: 'The messageId was already used for an event with different content.',
  outlier: 'A value is far outside what this field usually holds.',
  rate: 'The profile had more events in the window than a person can cause.',
  poison: 'The event made the processing code fail; it is kept for inspection.',
} as const;

export const suppressReasons = {
  consent_denied: 'The person refused analytics.',
  erased: 'The person asked to be erased.',
  suppressed: 'The person is on the suppression list.',
  bot: 'The event comes from a crawler or another automated client.',
} as const;

export type QuarantineReason = keyof typeof quarantineReasons;
export type SuppressReason = keyof typeof suppressReasons;

/** Marks set on an event that was applied although something about it had to be mended. */
export const flags = {
  clock_skew: 'The client clock was corrected from sentAt and receivedAt.',
  future: 'The event time was in the future and was set to the time of receipt.',
  late: 'The event is older than 35 days: it counts in totals, not in daily figures.',
  no_timestamp: 'The event time was missing or unreadable and was set to the time of receipt.',
  no_message_id: 'The messageId was missing and was derived from the content.',
  unsafe_key: 'A key that could change object prototypes was dropped.',
  non_finite: 'A number that is not finite was dropped.',
  not_a_number: 'A text was found where a number is expected and was dropped.',
  imputed: 'A missing value was filled in as the rules say.',
  capped: 'An outlier was cut to the border of the usual range.',
  outlier: 'A value is far outside what this field usually holds.',
  currency_unknown: 'The currency is not in the rate table; the amount is kept but not counted.',
  withheld: 'The person is on the suppression list: the event is counted, and nothing of it is kept.',
  gpc: 'The browser sends Global Privacy Control: no use for ads.',
} as const;

export type Flag = keyof typeof flags;
