/**
 * Properties of what people say about a brand in public. `author` is replaced by a pseudonym in cleaning;
 * other fields must not name the author.
 */
import * as z from 'zod/mini';
import { needsOne, number, reference, requiredId, text, truth } from './fields.ts';

const said = {
  /** Whom or what it is about, in the shop's words; several brands make share of voice. */
  brand: text,
  author: reference,
  /** People who follow the author. */
  author_followers: number,
  title: text,
  /** BCP 47, such as `en` or `zh-CN`. */
  language: text,
  region: text,
  url: text,
  /** The sender's own judgement, where it has one. */
  sentiment: z.nullish(z.enum(['positive', 'neutral', 'negative'])),
};

const counts = { likes: number, shares: number, replies: number, impressions: number, reach: number };

export const socialEvents = {
  'Post Mentioned': z
    .looseObject({
      post_id: requiredId,
      platform: z.string().check(z.minLength(1)),
      ...said,
      ...counts,
      text,
      in_reply_to: reference,
      hashtags: z.nullish(z.array(z.string())),
    })
    .check(z.describe('A post on a social platform mentions the brand.')),
  'Review Submitted': z
    .looseObject({
      review_id: requiredId,
      platform: text,
      ...said,
      rating: number,
      /** Best rating possible; 5 where absent. */
      rating_max: number,
      review_body: text,
      product_id: reference,
      sku: reference,
      order_id: reference,
      verified: truth,
    })
    .check(
      ...needsOne('rating', 'review_body'),
      z.describe('A review of the brand or a product, written anywhere.'),
    ),
};
