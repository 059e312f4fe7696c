/** Stands between functions and stores in every thread of the system under proof, and throws faults in. */
import { existsSync } from 'node:fs';
import { Chaos } from '../../adapters/embedded/chaos.ts';
import type { Stream, Table } from '../../domain/ports.ts';
import { seededRandom } from '../../domain/random.ts';
import type { Ports } from '../../local/ports.ts';
import { held, lagging, Mortality, refusing, watched } from './aimed.ts';
import { Notes } from './notes.ts';
import { carelessStream, sabotagedProfiles, sabotagedStream } from './sabotage.ts';
import { fullFile, mortals, readSettings } from './settings.ts';

/**
 * Chances per call or batch; far more than any day on AWS brings. A batch makes a dozen calls and is halved when one
 * fails: were half of all batches to fail, none would ever get through.
 */
const rates = {
  throttle: 0.02,
  partial: 0.01,
  lostAnswer: 0.03,
  redeliver: 0.1,
  cut: 0.1,
  crash: 0.03,
  zombie: 0.2,
};
/** Clients are patient, and wait for nobody but themselves. */
const collecting = { ...rates, throttle: 0.08, partial: 0.04, lostAnswer: 0.08 };
/** What leaves a function after its profiles were stored fails oftener: the moment that an outbox is for. */
const leaving = { ...rates, throttle: 0.1 };
const LOOK_MS = 20;

export function ports(thread: string): Ports {
  const { notes: folder, seed, life, sabotage } = readSettings();
  const notes = new Notes(folder);
  const random = seededRandom(seed * 1009 + life * 31 + mortals.findIndex((name) => name === thread));
  const chaos = new Chaos({ rates: thread === 'collect' ? collecting : rates, random });
  const outward = thread === 'features' ? new Chaos({ rates: leaving, random }) : chaos;
  const mortality = new Mortality(thread, notes);
  for (const { injected } of new Set([chaos, outward])) notes.follow(injected);
  setInterval(() => {
    chaos.diskFull = outward.diskFull = existsSync(fullFile(folder));
  }, LOOK_MS).unref();
  const profiles = (inner: Table): Table =>
    held(lagging(watched(sabotagedProfiles(inner, sabotage), notes), notes), random);
  const stream = (inner: Stream): Stream => {
    const faulty = outward.stream(sabotagedStream(inner, thread, sabotage));
    return mortality.stream(carelessStream(refusing(faulty, notes), sabotage));
  };
  return {
    stream,
    table: (inner, name) =>
      chaos.table(name === 'profiles' && thread === 'features' ? profiles(inner) : inner),
    objects: (inner) => chaos.objects(inner),
    step: (inner) => chaos.step(mortality.step(inner)),
  };
}
