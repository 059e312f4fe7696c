/** `wellspring aws publish-console`: puts the built console where the deployed stack serves it from. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { s3 } from '../../adapters/aws/clients.ts';
import { WellspringError } from '../../domain/errors.ts';
import { buildPages } from '../../web/build-pages.ts';
import { cacheControl, contentTypes, pagesFolder } from '../../web/hosting.ts';

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
  await buildPages();
  await upload(s3(), PagesBucket, {
    login: 'oidc',
    shop: false,
    authority: LoginUrl,
    clientId: LoginClient,
  });
  return ConsoleUrl;
}

export async function upload(client: S3Client, bucket: string, config: object): Promise<void> {
  const root = join(pagesFolder, 'console');
  const put = (key: string, body: Uint8Array | string): Promise<unknown> =>
    client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: contentTypes[extname(key)] ?? 'application/octet-stream',
        CacheControl: cacheControl(key),
      }),
    );
  const keys = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(root, join(parentPath, name)).split(sep).join('/'));
  const isPage = (key: string): boolean => key.endsWith('.html');
  for (const key of keys.filter((one) => !isPage(one))) await put(key, readFileSync(join(root, key)));
  await put('config.json', JSON.stringify(config));
  for (const key of keys.filter(isPage)) await put(key, readFileSync(join(root, key)));
}
