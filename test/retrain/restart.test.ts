/** A run that dies at any step leaves what served, whole; the next one goes through. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeRetrain } from '../../functions/retrain/retrain.ts';
import { retrainWorkflow, steps } from '../../functions/retrain/workflow.ts';
import { LOCAL_TASK, runStateMachine } from '../../local/state-machine/run.ts';
import { readPointer } from '../../models/registry/registry.ts';
import { WholeVersions } from '../../models/served/whole.ts';
import { makeWorld, type World } from './world.ts';

const ref = { tenant: 't', name: 'neighbours' };
let world: World;

beforeAll(async () => {
  world = await makeWorld(150);
});
afterAll(() => world.close());

/** `survives`: steps that are begun before the process dies. Resolves with the steps that were done. */
function run(survives: number): Promise<string[]> {
  const retrain = makeRetrain({ ...world.services, onProgress: () => {} });
  const done: string[] = [];
  return new Promise((ended, failed) => {
    const call = async (asked: unknown): Promise<object> => {
      // Whoever is dead answers nobody.
      if (done.length === survives) {
        ended(done);
        return new Promise(() => {});
      }
      const answer = await retrain(asked);
      done.push(String(Reflect.get(Object(asked), 'step')));
      return answer;
    };
    runStateMachine({
      definition: retrainWorkflow(LOCAL_TASK),
      tasks: steps,
      input: { ...ref, run: `${world.tick()}`, seed: 1, models: [ref.name] },
      call,
      retryMs: 0,
    }).then(() => ended(done), failed);
  });
}

const serving = async (): Promise<string | undefined> =>
  (await new WholeVersions(world.objects).of(ref))?.version;

it('whatever step it dies at', async () => {
  // Before somebody has looked at what was promoted; while it learns; before it promotes what passed; and not at all.
  const survived = [6, 1, 4, Number.POSITIVE_INFINITY];
  for (const [i, survives] of survived.entries()) {
    const before = await serving();
    const done = await run(survives);
    const promoted = (await readPointer(world.objects, ref))?.champion;
    expect(await serving()).toBe(promoted);
    expect(done.includes('promote') || promoted === before).toBe(true);
    expect(promoted).toBeDefined();
    expect(done.slice(0, 4)).toEqual(['snapshot', 'train', 'evaluate', 'gate'].slice(0, survives));
    expect(done.includes('promote')).toBe(i === 0 || (i === 3 && promoted !== before));
  }
}, 60_000);
