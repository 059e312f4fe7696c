/** Recommendations of trained models, warm, at 50 requests per second while 2,000 events per second stream in. */
import { EmbeddedObjects } from '../../../adapters/embedded/objects.ts';
import { credentials } from '../../../local/credentials.ts';
import { startFirstModels } from '../../../local/demo/first-models.ts';
import { loadCatalogue } from '../../../local/demo/load-catalogue.ts';
import { files } from '../../../local/files.ts';
import { type Host, TENANT } from '../../../local/host.ts';
import { list, promote } from '../../../models/registry/registry.ts';
import { catalogue } from '../../../web/shop/catalogue.ts';
import { testFolder } from '../../fixtures/folder.ts';
import type { Figure } from '../report.ts';
import { say, withHost } from '../running.ts';
import type { Asking } from './ask.ts';
import { figuresOf } from './asking.ts';

const DAYS = 120;

const pageQuestions: Asking['questions'] = Array.from({ length: 60 }, (_, i) => ({
  method: 'POST',
  path: '/api/recommendations',
  body: JSON.stringify({
    items: [0, 7, 13]
      .slice(0, 1 + (i % 3))
      .map((step) => catalogue[(i + step) % catalogue.length]?.product_id),
  }),
}));
/** People of the demo whom the host knows: some never came. */
async function personQuestions({ url, secretKey }: Host): Promise<Asking['questions']> {
  const known: Asking['questions'] = [];
  for (let i = 0; known.length < 50; i++) {
    const path = `/api/profiles/demo-person-${i}/recommendations`;
    const reply = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${secretKey}` } });
    await reply.arrayBuffer();
    if (reply.ok) known.push({ method: 'GET', path });
  }
  return known;
}

async function serve(host: Host, data: string): Promise<void> {
  const first = startFirstModels({
    host,
    data,
    secret: credentials(data).secret,
    days: DAYS,
    now: () => Date.now(),
    say: () => {},
  });
  say((await first.done) ?? 'models serve already');
  await serveNetwork(new EmbeddedObjects(files.lake(data)));
}

/** The network answers here whatever the gate said of this draw: its time is to be in the figures. */
async function serveNetwork(objects: EmbeddedObjects): Promise<void> {
  const behaviour = (await list(objects, TENANT)).find(({ name }) => name === 'behaviour');
  const newest = behaviour?.versions[0];
  if (!newest) throw new Error('no behaviour model was trained');
  const ref = { tenant: TENANT, name: 'behaviour' };
  await promote(objects, ref, newest.version, { now: Date.now(), why: 'benchmark' });
}

/** `seconds` of asking, of each kind. What the host answers without looking at anything tells what the machine is busy with. */
export async function recommendationFigures(seconds: number): Promise<Figure[]> {
  using folder = testFolder();
  return await withHost(folder.path, async (host) => {
    await serve(host, folder.path);
    await loadCatalogue(host);
    // Until word of the new versions has reached every thread, people are scored anew.
    await new Promise((done) => setTimeout(done, 15_000));
    await host.drain();
    const aim = 'under 20';
    const page = { what: 'recommendation to a page', key: host.writeKey, questions: pageQuestions, aim };
    const questions = await personQuestions(host);
    const person = { what: 'recommendation to a person', key: host.secretKey, questions, aim };
    const health = {
      what: 'health check',
      key: host.writeKey,
      questions: [{ method: 'GET', path: '/health' }],
    };
    const figures: Figure[] = [];
    for (const streaming of [false, true]) {
      for (const kind of streaming ? [page, person, health] : [page, person]) {
        say(`${kind.what}, ${streaming ? 'events streaming in' : 'nothing else'}`);
        figures.push(...(await figuresOf(host, kind, { seconds, streaming })));
      }
    }
    return figures;
  });
}
