/** Properties of what an advertisement or a message did: shown, clicked, delivered, opened, left. */
import * as z from 'zod/mini';
import { needsOne, number, reference, text } from './fields.ts';

const adFields = {
  campaign_id: reference,
  campaign_name: text,
  ad_id: reference,
  creative_id: reference,
  /** Which decision chose it; joins the outcome to the choice. */
  decision_id: reference,
  /** Where it ran: `search`, `social`, `display`, `video`, `site`. */
  channel: text,
  platform: text,
  placement: text,
  position: reference,
  region: text,
  url: text,
  /** Of this impression or click, in units of `currency`. */
  cost: number,
  currency: text,
};

/** Names are those of Segment's e-mail spec. */
const emailFields = {
  campaign_id: reference,
  campaign_name: text,
  email_id: reference,
  email_subject: text,
  list_id: reference,
  list_name: text,
};

const needsEmail = needsOne('campaign_id', 'email_id');

const ad = (description: string) =>
  z.looseObject(adFields).check(...needsOne('campaign_id', 'ad_id', 'creative_id'), z.describe(description));
const email = (description: string) =>
  z.looseObject(emailFields).check(...needsEmail, z.describe(description));
const unsubscribed = (description: string) => z.looseObject(emailFields).check(z.describe(description));

export const adEvents = {
  'Ad Impression': ad('A person was shown an advertisement.'),
  'Ad Clicked': ad('A person clicked an advertisement.'),
  'Email Delivered': email('A message reached the mail server of the person.'),
  'Email Opened': email('A message was opened, as far as an open pixel can tell.'),
  'Email Link Clicked': z
    .looseObject({ ...emailFields, link_id: reference, link_url: text })
    .check(...needsEmail, z.describe('A link in a message was clicked.')),
  'Email Bounced': email('A message could not be delivered.'),
  'Email Marked as Spam': email('A person reported a message as unwanted.'),
  // Someone who wants no more mail is heard even where the sender does not say which mail it was.
  'Email Unsubscribed': unsubscribed('A person wants no more mail.'),
  Unsubscribed: unsubscribed('A person wants no more mail; the name that Segment gives it.'),
};
