/** Rows of the routes table for what people ask about their data. */
import * as z from 'zod/mini';
import { described, limit } from '../parameters.ts';
import { route } from '../route.ts';
import {
  makeRequest,
  readOneRequest,
  readRequests,
  requestBody,
  requestsReply,
  requestView,
} from './requests.ts';

const id = described('id of a request', z.string().check(z.regex(/^[0-9a-f]{24}$/)));
const cursor = described('the cursor of an earlier reply', z.optional(z.string().check(z.maxLength(64))));

export const privacyRoutes = [
  route({
    method: 'POST',
    pattern: '/api/privacy/requests',
    operationId: 'makePrivacyRequest',
    summary: 'Asks for a person to be erased everywhere, or for a copy of what is known about them.',
    role: 'privacy',
    path: {},
    query: {},
    body: {
      description: 'Who, by any of their ids, and what.',
      content: { 'application/json': { name: 'PrivacyRequestBody', schema: requestBody } },
    },
    refusals: ['invalid_body'],
    reply: { name: 'PrivacyRequest', schema: requestView },
    handle: makeRequest,
  }),
  route({
    method: 'GET',
    pattern: '/api/privacy/requests',
    operationId: 'readPrivacyRequests',
    summary: 'What people asked about their data and how far that is, newest first.',
    role: 'viewer',
    path: {},
    query: { limit, cursor },
    reply: { name: 'PrivacyRequests', schema: requestsReply },
    handle: readRequests,
  }),
  route({
    method: 'GET',
    pattern: '/api/privacy/requests/{id}',
    operationId: 'readPrivacyRequest',
    summary: 'One request, step by step.',
    role: 'viewer',
    path: { id },
    query: {},
    refusals: ['unknown_request'],
    reply: { name: 'PrivacyRequest', schema: requestView },
    handle: readOneRequest,
  }),
];
