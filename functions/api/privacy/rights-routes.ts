/** Rows about what a person may ask of us: what they allow, and a copy of what is known. */
import { personId as id } from '../parameters.ts';
import { route } from '../route.ts';
import { consentBody, consentReply, consentSetReply, readConsentOf, setConsentOf } from './consent.ts';
import { exportPerson, packageQuery, packageReply } from './package.ts';

export const rightsRoutes = [
  route({
    method: 'GET',
    pattern: '/api/profiles/{id}/consent',
    operationId: 'readProfileConsent',
    role: 'viewer',
    reads: 'person',
    summary: 'What a person allows by purpose, and every answer they gave.',
    path: { id },
    query: {},
    refusals: ['unknown_profile'],
    reply: { name: 'ProfileConsent', schema: consentReply },
    handle: readConsentOf,
  }),
  route({
    method: 'PUT',
    pattern: '/api/profiles/{id}/consent',
    operationId: 'setProfileConsent',
    role: 'consent',
    summary: 'Notes what a person decided. No counts at once and is not undone by what pages repeat.',
    path: { id },
    query: {},
    body: {
      description: 'The purposes that change.',
      content: { 'application/json': { name: 'ConsentDecision', schema: consentBody } },
    },
    refusals: ['invalid_body', 'unknown_profile'],
    reply: { name: 'ConsentNoted', schema: consentSetReply },
    handle: setConsentOf,
  }),
  route({
    method: 'GET',
    pattern: '/api/profiles/{id}/export',
    operationId: 'exportProfile',
    role: 'copies',
    reads: 'person',
    summary: 'Everything that is stored about a person, with what it is used for.',
    path: { id },
    query: packageQuery,
    refusals: ['unknown_profile'],
    reply: { name: 'PersonPackage', schema: packageReply },
    handle: exportPerson,
  }),
];
