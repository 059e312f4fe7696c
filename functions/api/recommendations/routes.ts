/** Rows of the routes table for recommendations and products. */
import * as z from 'zod/mini';
import { described, limit, personId } from '../parameters.ts';
import { route } from '../route.ts';
import { recommendToPerson, recommendToSession } from './answers.ts';
import { recommendToPage } from './page.ts';
import { putProducts, readShelf } from './products.ts';
import {
  pageReply,
  productsBody,
  productsReply,
  recommendationBody,
  recommendationsReply,
  ruleParameters,
  savedReply,
  sessionItems,
} from './schemas.ts';

const search = described(
  'at most 100 characters of an item or its name',
  z.optional(z.string().check(z.maxLength(100))),
);

export const recommendationRoutes = [
  route({
    method: 'GET',
    pattern: '/api/profiles/{id}/recommendations',
    operationId: 'recommendToPerson',
    summary: 'Items for a person, with the reason for each.',
    role: 'viewer',
    reads: 'person',
    path: { id: personId },
    query: ruleParameters,
    refusals: ['unknown_profile'],
    reply: { name: 'Recommendations', schema: recommendationsReply },
    handle: recommendToPerson,
  }),
  route({
    method: 'GET',
    pattern: '/api/recommendations',
    operationId: 'recommendToSession',
    summary: 'Items for somebody unknown who looked at these items.',
    role: 'viewer',
    path: {},
    query: { items: sessionItems, ...ruleParameters },
    reply: { name: 'Recommendations', schema: recommendationsReply },
    handle: recommendToSession,
  }),
  route({
    method: 'POST',
    pattern: '/api/recommendations',
    operationId: 'recommendToPage',
    summary: 'Items for a page to show. Takes the write key; says nothing about the person.',
    role: 'page',
    path: {},
    query: {},
    body: {
      description: 'Who looks, at what, and what may be shown.',
      content: { 'application/json': { name: 'RecommendationRequest', schema: recommendationBody } },
    },
    refusals: ['invalid_body'],
    reply: { name: 'PageRecommendations', schema: pageReply },
    handle: recommendToPage,
  }),
  route({
    method: 'PUT',
    pattern: '/api/products',
    operationId: 'putProducts',
    summary: 'Loads a part of the catalogue; what is not named stays as it was.',
    role: 'marketer',
    path: {},
    query: {},
    body: {
      description: 'Products, each by its item; a field that is left out stays as it was.',
      content: { 'application/json': { name: 'ProductsRequest', schema: productsBody } },
    },
    refusals: ['invalid_body'],
    reply: { name: 'ProductsSaved', schema: savedReply },
    handle: putProducts,
  }),
  route({
    method: 'GET',
    pattern: '/api/products',
    operationId: 'readProducts',
    summary: 'What is known about products, the newest first.',
    role: 'viewer',
    path: {},
    query: {
      search,
      category: described('a category', z.optional(z.string().check(z.maxLength(128)))),
      limit,
    },
    reply: { name: 'Products', schema: productsReply },
    handle: readShelf,
  }),
];
