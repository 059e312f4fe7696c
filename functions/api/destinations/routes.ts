/** Rows about destinations. */
import * as z from 'zod/mini';
import { described } from '../parameters.ts';
import { route } from '../route.ts';
import {
  deleteDestination,
  deletedDestinationReply,
  destinationBody,
  destinationsReply,
  listDestinations,
  madeDestinationReply,
  makeDestination,
  newSecretBody,
  renewSecret,
} from './destinations.ts';

const id = described(
  'id of a destination, as /api/destinations lists it',
  z.string().check(z.regex(/^[0-9a-f]{16}$/)),
);

export const destinationRoutes = [
  route({
    method: 'GET',
    pattern: '/api/destinations',
    operationId: 'listDestinations',
    role: 'admin',
    summary: 'Where changes of segments are told, and how that goes.',
    path: {},
    query: {},
    reply: { name: 'Destinations', schema: destinationsReply },
    handle: listDestinations,
  }),
  route({
    method: 'POST',
    pattern: '/api/destinations',
    operationId: 'makeDestination',
    role: 'admin',
    shownOnce: true,
    summary: 'A new destination with its secret, shown this once.',
    path: {},
    query: {},
    body: {
      description: 'Where it is, and what it wants to hear of.',
      content: { 'application/json': { name: 'DestinationRequest', schema: destinationBody } },
    },
    refusals: ['invalid_body', 'invalid_url', 'too_many_destinations'],
    reply: { name: 'MadeDestination', schema: madeDestinationReply },
    handle: makeDestination,
  }),
  route({
    method: 'POST',
    pattern: '/api/destinations/{id}/secret',
    operationId: 'renewDestinationSecret',
    role: 'admin',
    shownOnce: true,
    summary: 'A new secret for a destination; for a while the old one signs too.',
    path: { id },
    query: {},
    body: {
      description: 'For how long.',
      content: { 'application/json': { name: 'NewSecretRequest', schema: newSecretBody } },
    },
    refusals: ['invalid_body', 'unknown_destination'],
    reply: { name: 'MadeDestination', schema: madeDestinationReply },
    handle: renewSecret,
  }),
  route({
    method: 'DELETE',
    pattern: '/api/destinations/{id}',
    operationId: 'deleteDestination',
    role: 'admin',
    summary: 'Deletes a destination; what waits for it is not sent any more.',
    path: { id },
    query: {},
    refusals: ['unknown_destination'],
    reply: { name: 'DeletedDestination', schema: deletedDestinationReply },
    handle: deleteDestination,
  }),
];
