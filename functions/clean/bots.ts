/** Step: programs are not customers. */
import { type Refusal, suppress } from '../../domain/outcome.ts';
import { isAutomatedBrowser, isNamedCrawler } from './automated.ts';
import type { CleanContext, Draft } from './draft.ts';
import { objectOf, textOf } from './text.ts';

/** Libraries that run in browsers, by the name they send. */
const browserLibrary = /(?:^|[^a-z])(?:javascript|browser|web|tag)(?:$|[^a-z])|\.js$/i;
const LENGTH = 512;

/**
 * The agent to judge, and whether it must be a browser's. A server sends under its own agent what its
 * customers did, and an app's agent looks like a program's: neither says that the customer is a program.
 */
function agentOf(draft: Draft): { agent: string | undefined; browser: boolean } {
  const { context, envelope, type } = draft;
  const library = textOf(objectOf(context['library'])?.['name'], 64);
  const browser = library === undefined ? type === 'page' : browserLibrary.test(library);
  const stated = textOf(context['userAgent'], LENGTH);
  if (stated !== undefined) return { agent: stated, browser };
  const own = browser && envelope.trust === 'public' && envelope.replay !== true;
  return { agent: own ? (envelope.userAgent?.slice(0, LENGTH) ?? '') : undefined, browser };
}

export function bots(draft: Draft, { rules }: CleanContext): Refusal | undefined {
  if (rules.bots === 'keep') return undefined;
  const { agent, browser } = agentOf(draft);
  if (agent === undefined) return undefined;
  const automated = browser ? isAutomatedBrowser(agent) : isNamedCrawler(agent);
  return automated ? suppress('bot') : undefined;
}
