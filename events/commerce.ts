/**
 * Properties of Segment's e-commerce events, version 2, by event name.
 * Amounts are numbers in units of `currency` (ISO 4217); a product is known by `product_id` or `sku`.
 */
import * as z from 'zod/mini';
import { needsOne, number, reference, requiredId, text } from './fields.ts';

const productFields = {
  product_id: reference,
  sku: reference,
  /** A path such as `shirts/men`; its first part is the category that profiles count. */
  category: reference,
  name: text,
  brand: text,
  variant: text,
  /** Of one piece. */
  price: number,
  quantity: number,
  coupon: reference,
  currency: text,
  position: reference,
  value: number,
  url: text,
  image_url: text,
};

const needsProduct = needsOne('product_id', 'sku');

export const product = z.looseObject(productFields).check(...needsProduct);
export type Product = z.infer<typeof product>;

const products = z.nullish(z.array(product));
const aboutProduct = { ...productFields, cart_id: reference, list_id: reference };
const list = { list_id: reference, category: reference, products };
const choice = z.looseObject({ type: text, value: reference });
const promotion = { promotion_id: reference, creative: text, name: text, position: reference };
const step = { checkout_id: reference, shipping_method: text, payment_method: text };
const coupon = {
  order_id: reference,
  cart_id: reference,
  coupon_id: reference,
  coupon_name: text,
  discount: number,
  reason: text,
};
const order = {
  checkout_id: reference,
  affiliation: text,
  subtotal: number,
  /** What the customer pays, with tax and shipping. */
  total: number,
  /** What the shop earns: without tax and shipping. */
  revenue: number,
  value: number,
  shipping: number,
  tax: number,
  discount: number,
  coupon: reference,
  currency: text,
  products,
};
const share = { share_via: text, share_message: text, recipient: text };
const wish = { ...productFields, wishlist_id: reference, wishlist_name: text, cart_id: reference };

const about = (description: string) =>
  z.looseObject(aboutProduct).check(...needsProduct, z.describe(description));
const wished = (description: string) => z.looseObject(wish).check(...needsProduct, z.describe(description));
const ordered = (description: string) =>
  z.looseObject({ order_id: requiredId, ...order }).check(z.describe(description));
const promoted = (description: string) =>
  z.looseObject(promotion).check(...needsOne('promotion_id', 'name', 'creative'), z.describe(description));
const atStep = (description: string) =>
  z.looseObject({ step: requiredId, ...step }).check(z.describe(description));
const withCoupon = (description: string) =>
  z.looseObject(coupon).check(...needsOne('coupon_id', 'coupon_name'), z.describe(description));

export const commerceEvents = {
  'Products Searched': z
    .looseObject({ query: z.string(), products })
    .check(z.describe('A visitor searched the shop.')),
  'Product List Viewed': z.looseObject(list).check(z.describe('A visitor saw a list or category.')),
  'Product List Filtered': z
    .looseObject({ ...list, filters: z.nullish(z.array(choice)), sorts: z.nullish(z.array(choice)) })
    .check(z.describe('A visitor filtered or sorted a list.')),
  'Promotion Viewed': promoted('A visitor saw a promotion of the shop.'),
  'Promotion Clicked': promoted('A visitor clicked a promotion of the shop.'),
  'Product Clicked': about('A visitor clicked a product in a list.'),
  'Product Viewed': about('A visitor saw the page of a product.'),
  'Product Added': about('A product was put into the cart.'),
  'Product Removed': about('A product was taken out of the cart.'),
  'Cart Viewed': z
    .looseObject({ cart_id: reference, currency: text, value: number, products })
    .check(z.describe('A visitor saw the cart.')),
  'Checkout Started': z
    .looseObject({ order_id: reference, ...order })
    .check(z.describe('A visitor began to check out.')),
  'Checkout Step Viewed': atStep('A visitor saw a step of the checkout.'),
  'Checkout Step Completed': atStep('A visitor finished a step of the checkout.'),
  'Payment Info Entered': z
    .looseObject({ ...step, order_id: reference, step: reference })
    .check(z.describe('A visitor entered how to pay.')),
  'Order Updated': ordered('A customer or the shop changed an order.'),
  // Amounts are wished for, not needed: cleaning drops one that is no number, and the order still counts.
  'Order Completed': ordered('A customer bought: what, or for how much, or both.'),
  'Order Refunded': ordered('Money went back: all of the order, or the products and the amount given here.'),
  'Order Cancelled': ordered('An order was cancelled.'),
  'Coupon Entered': withCoupon('A visitor entered a coupon.'),
  'Coupon Applied': withCoupon('A coupon lowered the price.'),
  'Coupon Denied': withCoupon('A coupon was not accepted.'),
  'Coupon Removed': withCoupon('A coupon was taken away again.'),
  'Product Added to Wishlist': wished('A product was put on a wish list.'),
  'Product Removed from Wishlist': wished('A product was taken off a wish list.'),
  'Wishlist Product Added to Cart': wished('A product went from a wish list into the cart.'),
  'Product Shared': z
    .looseObject({ ...productFields, ...share })
    .check(...needsProduct, z.describe('A visitor shared a product with others.')),
  'Cart Shared': z
    .looseObject({ ...share, cart_id: reference, products })
    .check(z.describe('A visitor shared the cart with others.')),
  'Product Reviewed': z
    .looseObject({ ...productFields, review_id: reference, review_body: text, rating: number })
    .check(...needsProduct, z.describe('A customer reviewed a product in the shop.')),
};
