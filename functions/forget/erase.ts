/** One request, as far as it gets in this run. What is done is saved after every step: whoever comes next goes on there. */
import { WellspringError } from '../../domain/errors.ts';
import { openKnown, sealKnown } from '../../domain/privacy/person.ts';
import { noCounts, type PrivacyRequest, plus, type Step } from '../../domain/privacy/request.ts';
import { type Stored, saveRequest } from '../../domain/privacy/requests.ts';
import { noteApplied } from './applied.ts';
import { plan, STREAMS } from './plan.ts';
import type { Done, ForgetServices, Run } from './work.ts';

/** A request that is worked on; every save is on the condition that nobody else works on it. */
class Erasure {
  request: PrivacyRequest;
  readonly #services: ForgetServices;
  #version: number;

  constructor({ request, version }: Stored, services: ForgetServices) {
    this.#services = services;
    this.#version = version;
    this.request = { ...request, steps: plan.map(([name], i) => request.steps[i] ?? waiting(name)) };
  }

  /** @throws WellspringError `conflict_persists`. */
  async save(change: Partial<PrivacyRequest>): Promise<void> {
    const { clock, tables } = this.#services;
    this.request = { ...this.request, ...change, updatedAt: clock.now() };
    this.#version = await saveRequest(tables.privacy, { request: this.request, version: this.#version });
  }

  /** The steps with one of them changed. */
  with(index: number, change: Partial<Step>): Pick<PrivacyRequest, 'steps'> {
    return { steps: this.request.steps.map((one, at) => (at === index ? { ...one, ...change } : one)) };
  }
}

const waiting = (name: string): Step => ({ name, state: 'waiting', counts: noCounts, ms: 0, failures: 0 });
const isDone = ({ state }: Step): boolean => state === 'done' || state === 'not_needed';

/**
 * @returns the request as it is stored then.
 * @throws WellspringError `conflict_persists` when somebody else works on it, and what a step throws.
 */
export async function advance(
  stored: Stored,
  services: ForgetServices,
  isOver: () => boolean,
): Promise<PrivacyRequest> {
  const erasure = new Erasure(stored, services);
  for (const [index, [, run]] of plan.entries()) {
    const step = erasure.request.steps[index];
    if (!step || isDone(step)) continue;
    if (isOver() || !(await doStep(erasure, { index, step, run, isOver }, services))) break;
  }
  return erasure.request;
}

interface Next {
  readonly index: number;
  readonly step: Step;
  readonly run: Run;
  readonly isOver: () => boolean;
}

/** False: it is not done yet. */
async function doStep(
  erasure: Erasure,
  { index, step, run, isOver }: Next,
  services: ForgetServices,
): Promise<boolean> {
  const { clock, secret } = services;
  const began = clock.now();
  const isWait = step.name === STREAMS;
  if (!isWait) await erasure.save({ state: 'running', ...erasure.with(index, { state: 'running' }) });
  try {
    const known = openKnown(secret, erasure.request);
    const done = await run({ services, request: erasure.request, known, isOver }, step.place);
    const { error: _, place: __, ...kept } = step;
    const change = { ...kept, ...outcome(step, done, began, clock.now()) };
    const steps = erasure.request.steps.map((one, at) => (at === index ? change : one));
    const after = stateAfter(erasure.request, steps, services);
    if (after.liveAt !== undefined) await noteApplied(services.tables, erasure.request.tenant);
    await erasure.save({
      ...learned(erasure.request, done, secret),
      ...after,
      steps,
    });
    return isDone(change);
  } catch (error) {
    const code = error instanceof WellspringError ? error.code : 'unexpected';
    const failed = { state: 'failed', failures: step.failures + 1, error: code } as const;
    await erasure.save({ state: 'failed', ...erasure.with(index, failed) });
    throw error;
  }
}

function outcome(
  step: Step,
  done: Done | undefined,
  began: number,
  now: number,
): Pick<Step, 'state'> & Partial<Step> {
  if (!done) return { state: 'not_needed', doneAt: now };
  const spent = { counts: plus(step.counts, done.counts), ms: step.ms + now - began, failures: 0 };
  if (!done.unfinished) return { ...spent, state: 'done', doneAt: now };
  const { place } = done.unfinished;
  return { ...spent, state: 'running', ...(place !== undefined && { place }) };
}

const learned = (
  request: PrivacyRequest,
  done: Done | undefined,
  secret: string,
): Partial<PrivacyRequest> => ({
  ...(done?.known && { sealed: sealKnown(secret, request, done.known) }),
  ...(done?.subjects && { subjects: [...done.subjects] }),
  ...(done?.models && { models: [...done.models] }),
});

/** Once all is done, nothing stays that says whose request it was. */
function stateAfter(
  request: PrivacyRequest,
  steps: readonly Step[],
  { clock, retention }: ForgetServices,
): Partial<PrivacyRequest> {
  const now = clock.now();
  const at = steps.findIndex((step) => !isDone(step));
  if (at < 0) return { state: 'finished', finishedAt: now, subjects: [], sealed: undefined };
  const live = steps.slice(0, at).length >= plan.findIndex(([name]) => name === STREAMS);
  if (!live) return { state: 'running' };
  if (request.liveAt !== undefined) return { state: 'partial' };
  return { state: 'partial', liveAt: now, until: retention.until(now) };
}
