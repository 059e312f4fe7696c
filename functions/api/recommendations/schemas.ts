/** What may be asked of recommendations, and what comes back. */
import * as z from 'zod/mini';
import { reasonSchema } from '../../../domain/scores/scores.ts';
import { recommendationModes, recommendationReasons } from '../../../events/recommendations.ts';
import { namesOf } from '../../uses.ts';
import { described } from '../parameters.ts';

/** As `product_id` or `sku` of events. */
export const item = z.string().check(z.minLength(1), z.maxLength(128));
/** Items of a question, at most. */
const MOST_ITEMS = 200;

const count = z.number().check(z.int(), z.minimum(1), z.maximum(50));
const share = z.number().check(z.minimum(0), z.maximum(1));
const category = z.string().check(z.minLength(1), z.maxLength(128));
const mode = z.enum(recommendationModes);
const bought = z.enum(['hide', 'show']);
const told = {
  limit: 'a whole number from 1 to 50',
  mode: `how items are found: ${recommendationModes.join(', ')}`,
  category: 'a category; only its items come',
  inStock: 'true or false: whether items that are known to be sold out stay away',
  bought: 'hide or show: whether items that were bought stay away',
  diversity: 'a number from 0 (order of scores) to 1 (variety alone)',
  items: `up to ${MOST_ITEMS} items`,
} as const;

const LIMIT = 8;
const DIVERSITY = 0.3;

const list = (most: number, meaning: string) =>
  described(
    meaning,
    z.prefault(
      z.pipe(
        z.string().check(z.maxLength(most * 130)),
        z.pipe(
          z.transform((text: string) => text.split(',').filter((part) => part !== '')),
          z.array(item).check(z.maxLength(most)),
        ),
      ),
      '',
    ),
  );

/** Parameters of a question in a query. */
export const ruleParameters = {
  limit: described(told.limit, z._default(z.pipe(z.coerce.number(), count), LIMIT)),
  mode: described(told.mode, z._default(mode, 'auto')),
  category: described(told.category, z.optional(category)),
  inStock: described(
    told.inStock,
    z.prefault(
      z.pipe(
        z.enum(['true', 'false']),
        z.transform((text) => text === 'true'),
      ),
      'true',
    ),
  ),
  bought: described(told.bought, z._default(bought, 'hide')),
  diversity: described(told.diversity, z._default(z.pipe(z.coerce.number(), share), DIVERSITY)),
  exclude: list(MOST_ITEMS, `${told.items} that stay away, parted by commas`),
} as const;

export const sessionItems = list(
  MOST_ITEMS,
  `${told.items} that were looked at, the newest last, parted by commas`,
);

const identifier = z.string().check(z.minLength(1), z.maxLength(256));

/** What a page or a server sends. */
export const recommendationBody = z.object({
  anonymousId: described('the id of this device', z.optional(identifier)),
  userId: described(
    'the person who is logged in; from a page it counts only with the user token',
    z.optional(identifier),
  ),
  userToken: described('what `POST /api/user-tokens` answered for this user id', z.optional(z.string())),
  items: described(
    `${told.items} that were looked at, the newest last`,
    z._default(z.array(item).check(z.maxLength(MOST_ITEMS)), []),
  ),
  exclude: described(
    `${told.items} that stay away`,
    z._default(z.array(item).check(z.maxLength(MOST_ITEMS)), []),
  ),
  limit: described(told.limit, z._default(count, LIMIT)),
  mode: described(told.mode, z._default(mode, 'auto')),
  category: described(told.category, z.optional(category)),
  inStock: described(told.inStock, z._default(z.boolean(), true)),
  bought: described(told.bought, z._default(bought, 'hide')),
  diversity: described(told.diversity, z._default(share, DIVERSITY)),
});
export type RecommendationBody = z.output<typeof recommendationBody>;

const because = described('why it is here', z.enum(namesOf(recommendationReasons)));

/** What anybody may see of a product. */
const offer = {
  item: described('as product_id or sku in events', z.string()),
  name: z.optional(z.string()),
  category: z.optional(z.string()),
  price: described('of one piece, in units of the currency', z.optional(z.number())),
  currency: z.optional(z.string()),
  url: z.optional(z.string()),
  imageUrl: z.optional(z.string()),
} as const;

/** For pages: nothing about the person but the items. */
export const pageReply = z.object({ items: z.array(z.object({ ...offer, because })) });

export const recommendationsReply = z.object({
  mode,
  items: z.array(
    z.object({
      ...offer,
      stock: z.optional(z.number()),
      because,
      from: described('the source that found it', z.enum(recommendationModes)),
      score: described('higher is better; comparable within one source only', z.number()),
    }),
  ),
  visit: described('the items that they rest on, the newest last', z.array(z.string())),
  models: described(
    'versions that served',
    z.object({ behaviour: z.optional(z.string()), neighbours: z.optional(z.string()) }),
  ),
  missing: described('why the behaviour model said nothing', z.optional(reasonSchema)),
  profiling: described('false where the person does not want their past to be used', z.boolean()),
});

const web = z.string().check(z.maxLength(2048), z.regex(/^(?:https?:\/\/|\/(?!\/))\S+$/));

export const productSchema = z.object({
  item,
  name: z.optional(z.string().check(z.minLength(1), z.maxLength(200))),
  category: described('of a path such as `shirts/men` the first part counts', z.optional(category)),
  price: z.optional(z.number().check(z.minimum(0), z.maximum(1e9))),
  currency: described('ISO 4217', z.optional(z.string().check(z.regex(/^[A-Z]{3}$/)))),
  url: described('https, or a path of the shop', z.optional(web)),
  imageUrl: described('https, or a path of the shop', z.optional(web)),
  stock: described(
    'pieces left; 0 is sold out, absent is not known',
    z.optional(z.int().check(z.minimum(0))),
  ),
});
export const productsBody = z.object({
  products: z.array(productSchema).check(z.minLength(1), z.maxLength(1000)),
});
export const savedReply = z.object({ products: described('how many the body held', z.number()) });

export const productsReply = z.object({
  products: z.array(z.object({ ...offer, stock: z.optional(z.number()), listed: z.boolean() })),
  categories: described('of all products', z.array(z.string())),
  listed: described('whether a catalogue was loaded: then only its products are recommended', z.boolean()),
});
