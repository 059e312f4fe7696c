/** Leaves out of the AWS SDK, while it is bundled, what no function uses: about 90 kB where S3 is used. */
import { readFileSync } from 'node:fs';
import type { OnLoadArgs, OnLoadResult, Plugin } from 'esbuild';

type Rewrite = (text: string) => string;

/** Constants as object keys keep esbuild from dropping descriptions of unused operations: writes their texts out. */
const writeOutKeys: Rewrite = (text) => {
  const constants = new Map(
    [...text.matchAll(/^const (_\w+) = ("[^"\\]*");$/gm)].map(([, name, value]) => [name, value]),
  );
  return text.replace(/\[(_\w+)\]:/g, (all, name: string) => {
    const value = constants.get(name);
    return value === undefined ? all : `${value}:`;
  });
};

/** An error class that is not registered arrives as the service's base class, under its own `name`. */
const withoutErrorClasses: Rewrite = (text) => text.replace(/^n0_registry\.registerError\(.*\);$/gm, '');

/** Of their manifests the clients read the version alone. */
const versionAlone: Rewrite = (text) => {
  const { version }: { version: string } = JSON.parse(text);
  return JSON.stringify({ version });
};

/** Kinesis and S3 have one operation each that answers as a stream of events; no adapter calls it. */
const noEventStreams: Rewrite = () => `
  export const resolveEventStreamSerdeConfig = (input) => input;
  export const eventStreamSerdeProvider = () => undefined;
  export class EventStreamSerde {}`;

/** Hashes in JavaScript, for a Node without its own; a memory of endpoints that services name themselves, which ours do not. */
const emptyClass: Rewrite = (text) => {
  const [, name] = /export class (\w+)/.exec(text) ?? [];
  return `export class ${name} {}`;
};

const client = '@aws-sdk/client-[\\w-]+/';
const rewrites: readonly (readonly [file: string, Rewrite])[] = [
  [`${client}dist-es/schemas/schemas_0\\.js$`, (text) => withoutErrorClasses(writeOutKeys(text))],
  [`${client}package\\.json$`, versionAlone],
  ['@smithy/core/dist-es/submodules/event-streams/index\\.js$', noEventStreams],
  ['@smithy/core/dist-es/submodules/checksum/sha256/Sha256Js\\.js$', emptyClass],
  ['@aws-sdk/checksums/dist-es/submodules/sha/sha1/Sha1Js\\.js$', emptyClass],
  ['@aws-sdk/endpoint-cache/dist-es/EndpointCache\\.js$', emptyClass],
];

const load =
  (rewrite: Rewrite) =>
  ({ path }: OnLoadArgs): OnLoadResult => ({
    loader: path.endsWith('.json') ? 'json' : 'js',
    contents: rewrite(readFileSync(path, 'utf8')),
  });

export const slimSdk: Plugin = {
  name: 'slim-sdk',
  setup(on) {
    for (const [file, rewrite] of rewrites) {
      on.onLoad({ filter: new RegExp(file.replaceAll('/', '[/\\\\]')) }, load(rewrite));
    }
  },
};
