/** Every route of the API, once: the table routes requests, makes the OpenAPI document and types the console's client. */
import * as z from 'zod/mini';
import { profileView } from '../../domain/profile/view.ts';
import { callTypes } from '../../events/envelope.ts';
import { accessRoutes } from './access-routes.ts';
import { correction, corrections } from './corrections.ts';
import { costReply, readCost } from './cost/cost.ts';
import { destinationRoutes } from './destinations/routes.ts';
import { eventsReply, readEvents } from './events.ts';
import { insightRoutes } from './insights/routes.ts';
import { ledgerReply, readBooks } from './ledger.ts';
import { livePosition, liveReply, readLive } from './live.ts';
import { chainReply, readChain } from './map.ts';
import { modelReply, modelsReply, readModel, readModels } from './models.ts';
import { documentReply, openapi } from './openapi.ts';
import { described, from, personId as id, limit, to } from './parameters.ts';
import { pipelineReply, readPipeline } from './pipeline.ts';
import { rightsRoutes } from './privacy/rights-routes.ts';
import { privacyRoutes } from './privacy/routes.ts';
import { profileReply, readProfile } from './profiles.ts';
import { cursor, day, quarantineReply, readQuarantine, reason } from './quarantine.ts';
import { recommendationRoutes } from './recommendations/routes.ts';
import { replay, replayReply } from './replay.ts';
import { rollBackModel, rollbackBody, rollbackReply } from './roll-back.ts';
import { type Route, route } from './route.ts';
import { readScores, scoresReply } from './scores.ts';
import { segmentRoutes } from './segments/routes.ts';
import { makeUserToken, userTokenBody, userTokenReply } from './user-tokens.ts';

const type = described('a call type', z.optional(z.enum(callTypes)));

const model = described('name of a model', z.string().check(z.minLength(1), z.maxLength(64)));

/** The table itself; a function, because one of its rows describes them all. */
const table = (): readonly Route[] => routes;

export const routes = [
  route({
    method: 'GET',
    pattern: '/api/openapi.json',
    operationId: 'readOpenApi',
    summary: 'This document.',
    role: 'open',
    path: {},
    query: {},
    reply: { name: 'OpenApi', schema: documentReply },
    handle: async () => ({ value: openapi(table()) }),
  }),
  route({
    method: 'GET',
    pattern: '/api/profiles/{id}',
    operationId: 'readProfile',
    role: 'viewer',
    reads: 'person',
    summary: 'What is known about a person, by any of their ids.',
    path: { id },
    query: {},
    etag: true,
    refusals: ['unknown_profile'],
    reply: { name: 'Profile', schema: profileReply, parts: { ProfileView: profileView } },
    handle: readProfile,
  }),
  route({
    method: 'GET',
    pattern: '/api/profiles/{id}/events',
    operationId: 'readProfileEvents',
    role: 'viewer',
    reads: 'person',
    summary: 'What a person did, newest first.',
    path: { id },
    query: { from, to, limit, type },
    refusals: ['unknown_profile'],
    reply: { name: 'ProfileEvents', schema: eventsReply },
    handle: readEvents,
  }),
  route({
    method: 'GET',
    pattern: '/api/profiles/{id}/scores',
    operationId: 'readProfileScores',
    role: 'viewer',
    reads: 'person',
    summary: 'What the models expect of a person, and what drove it.',
    path: { id },
    query: {},
    refusals: ['unknown_profile'],
    reply: { name: 'ProfileScores', schema: scoresReply },
    handle: readScores,
  }),
  route({
    method: 'GET',
    pattern: '/api/models',
    operationId: 'readModels',
    role: 'viewer',
    summary: 'Trained models: which version serves, how good each is, and what the gate said.',
    path: {},
    query: {},
    reply: { name: 'Models', schema: modelsReply },
    handle: readModels,
  }),
  route({
    method: 'GET',
    pattern: '/api/models/{name}',
    operationId: 'readModel',
    role: 'viewer',
    summary: 'Everything that is known about a model: comparison, calibration, configuration.',
    path: { name: model },
    query: {},
    refusals: ['unknown_model'],
    reply: { name: 'Model', schema: modelReply },
    handle: readModel,
  }),
  route({
    method: 'POST',
    pattern: '/api/models/{name}/rollback',
    operationId: 'rollBackModel',
    role: 'admin',
    summary: 'The version that served before serves again.',
    path: { name: model },
    query: {},
    body: {
      description: 'Which version is to be left.',
      content: { 'application/json': { name: 'RollbackRequest', schema: rollbackBody } },
    },
    refusals: ['invalid_body', 'unknown_model', 'changed_meanwhile', 'nothing_earlier'],
    reply: { name: 'Rollback', schema: rollbackReply },
    handle: rollBackModel,
  }),
  route({
    method: 'GET',
    pattern: '/api/ledger',
    operationId: 'readLedger',
    role: 'viewer',
    summary: 'What became of every event that was received in a range of whole hours.',
    path: {},
    query: { from, to },
    reply: { name: 'Ledger', schema: ledgerReply },
    handle: readBooks,
  }),
  route({
    method: 'GET',
    pattern: '/api/quarantine',
    operationId: 'readQuarantine',
    role: 'marketer',
    summary: 'Refused events with the reason and the bytes as they came.',
    path: {},
    query: { reason, day, limit, cursor },
    reply: { name: 'Quarantine', schema: quarantineReply },
    handle: readQuarantine,
  }),
  route({
    method: 'POST',
    pattern: '/api/quarantine/replay',
    operationId: 'replayQuarantine',
    role: 'admin',
    summary:
      'Sends refused events through the chain again: those in the body, or without one those that the query names.',
    path: {},
    query: { reason, day, limit, cursor },
    body: {
      description: 'Corrected events. NDJSON holds one of the items per line.',
      content: {
        'application/json': { name: 'Corrections', schema: corrections },
        'application/x-ndjson': { name: 'Correction', schema: correction },
      },
    },
    refusals: ['invalid_body', 'too_many_objects', 'body_too_large'],
    reply: { name: 'Replay', schema: replayReply },
    handle: replay,
  }),
  route({
    method: 'POST',
    pattern: '/api/user-tokens',
    operationId: 'makeUserToken',
    role: 'admin',
    shownOnce: true,
    summary: 'A token with which a page may speak for a person who has logged in.',
    path: {},
    query: {},
    body: {
      description: 'Whose token it is.',
      content: { 'application/json': { name: 'UserTokenRequest', schema: userTokenBody } },
    },
    refusals: ['invalid_body'],
    reply: { name: 'UserToken', schema: userTokenReply },
    handle: makeUserToken,
  }),
  route({
    method: 'GET',
    pattern: '/api/pipeline',
    operationId: 'readPipeline',
    role: 'viewer',
    summary: 'How far each stream function has come, and how much came in during the last hour.',
    path: {},
    query: {},
    reply: { name: 'Pipeline', schema: pipelineReply },
    handle: readPipeline,
  }),
  route({
    method: 'GET',
    pattern: '/api/pipeline/cost',
    operationId: 'readCost',
    role: 'viewer',
    summary: 'What a million events cost on AWS at list prices, by part.',
    path: {},
    query: {},
    reply: { name: 'Cost', schema: costReply },
    handle: readCost,
  }),
  route({
    method: 'GET',
    pattern: '/api/chain',
    operationId: 'readChain',
    role: 'viewer',
    summary: 'Every function of the chain: what it does, what triggers it, what it reads and writes.',
    path: {},
    query: {},
    reply: { name: 'Chain', schema: chainReply },
    handle: readChain,
  }),
  route({
    method: 'GET',
    pattern: '/api/live',
    operationId: 'readLive',
    role: 'viewer',
    reads: 'person',
    summary: 'Events as they come: ask again with the position of the reply.',
    path: {},
    query: { after: livePosition },
    reply: { name: 'Live', schema: liveReply },
    handle: readLive,
  }),
  ...accessRoutes,
  ...destinationRoutes,
  ...recommendationRoutes,
  ...segmentRoutes,
  ...insightRoutes,
  ...rightsRoutes,
  ...privacyRoutes,
];
