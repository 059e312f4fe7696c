/** The steps of an erasure, in order. Each may be done again, and changes nothing the second time. */
import { noCounts, plus } from '../../domain/privacy/request.ts';
import { findAndSuppress } from './find.ts';
import { eraseFromLake } from './lake.ts';
import { eraseProfiles } from './profiles.ts';
import { dropUndelivered, tellRecipients } from './recipients.ts';
import { eraseFromFailures, eraseFromQuarantine } from './refusals.ts';
import { dropReplies, dropStatistics } from './replies.ts';
import { leaveSegments } from './segments.ts';
import { shred } from './shred.ts';
import { listModels, stopRuns } from './training.ts';
import type { Run } from './work.ts';

/** Once no stream holds anything from before, what slipped through while the first pass ran is found here. */
const lookAgain: Run = async (work, place) => {
  // The lake comes first: it alone may stop midway.
  const lake = await eraseFromLake(work, place);
  if (lake.unfinished) return lake;
  let { counts } = lake;
  for (const run of [
    shred,
    eraseProfiles,
    leaveSegments,
    eraseFromQuarantine,
    eraseFromFailures,
    stopRuns,
    dropReplies,
    dropStatistics,
    dropUndelivered,
  ]) {
    counts = plus(counts, (await run(work)).counts);
  }
  return { counts };
};

/** Deleted bytes stay in the files of one machine until they are overwritten. */
const scrub: Run = async ({ services }) => services.scrub && { counts: await services.scrub() };

/** Streams cannot be changed, only waited for. */
const waitForStreams: Run = async ({ services, request }) =>
  services.retention.isOver(request.liveAt ?? services.clock.now())
    ? { counts: noCounts }
    : { counts: noCounts, unfinished: {} };

/** Name and work. The step `streams` parts what can be changed at once from the last look. */
export const plan: readonly (readonly [name: string, run: Run])[] = [
  ['suppression', findAndSuppress],
  ['vault', shred],
  ['profiles', eraseProfiles],
  ['segments', leaveSegments],
  ['lake', eraseFromLake],
  ['quarantine', eraseFromQuarantine],
  ['failures', eraseFromFailures],
  ['runs', stopRuns],
  ['replies', dropReplies],
  ['statistics', dropStatistics],
  ['undelivered', dropUndelivered],
  ['models', listModels],
  ['recipients', tellRecipients],
  ['disk', scrub],
  ['streams', waitForStreams],
  ['last look', lookAgain],
  ['disk again', scrub],
];
export const STREAMS = 'streams';
