/** `wellspring aws publish-console`: puts the built console where the deployed stack serves it from. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import * as z from 'zod/mini';
import { s3 } from '../../adapters/aws/clients.ts';
import { type PageFile, uploadPages } from '../../adapters/aws/pages.ts';
import { WellspringError } from '../../domain/errors.ts';
import { buildPages } from '../../web/build-pages.ts';
import { cacheControl, contentTypes, pagesFolder } from '../../web/hosting.ts';
import { pagesAreBuilt } from '../../web/pages-built.ts';

export interface PublishOptions {
  /** File that `cdk deploy --outputs-file` wrote. */
  readonly outputs: string;
  readonly region?: string;
}

const outputsSchema = z.object({
  PagesBucket: z.string(),
  LoginUrl: z.string(),
  LoginClient: z.string(),
  ConsoleUrl: z.string(),
});
type Outputs = z.output<typeof outputsSchema>;

/** The outputs of the stack with the console. @throws WellspringError `invalid_settings`. */
function readOutputs(path: string): Outputs {
  const stacks = z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(path, 'utf8')));
  const found = Object.values(stacks).flatMap((outputs) => {
    const parsed = outputsSchema.safeParse(outputs);
    return parsed.success ? [parsed.data] : [];
  });
  const [first] = found;
  if (first && found.length === 1) return first;
  throw new WellspringError(
    'invalid_settings',
    `${path} holds ${found.length} stacks with a console, not one.`,
  );
}

/** Builds and uploads; returns the address of the console. Pages go last, when the files they name are there. */
export async function publishConsole({ outputs, region }: PublishOptions): Promise<string> {
  if (region !== undefined) process.env['AWS_REGION'] = region;
  const { PagesBucket, LoginUrl, LoginClient, ConsoleUrl } = readOutputs(outputs);
  if (!pagesAreBuilt()) await buildPages();
  const config = { login: 'oidc', shop: false, authority: LoginUrl, clientId: LoginClient };
  await uploadPages(s3(), PagesBucket, filesOf(config));
  return ConsoleUrl;
}

const isPage = (key: string): boolean => key.endsWith('.html');

/** Built pages and where they go: the console to the root, a person's own page into its folder. */
const places = [
  { name: 'console', prefix: '' },
  { name: 'me', prefix: 'me/' },
] as const;

function filesOf(config: object): PageFile[] {
  const file = (key: string, body: Uint8Array): PageFile => ({
    key,
    body,
    contentType: contentTypes[extname(key)] ?? 'application/octet-stream',
    cacheControl: cacheControl(key),
  });
  const all = places.flatMap(({ name, prefix }) => {
    const root = join(pagesFolder, name);
    return readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => file(prefix + relative(root, path).split(sep).join('/'), readFileSync(path)));
  });
  return [
    ...all.filter(({ key }) => !isPage(key)),
    file('config.json', Buffer.from(JSON.stringify(config))),
    ...all.filter(({ key }) => isPage(key)),
  ];
}
