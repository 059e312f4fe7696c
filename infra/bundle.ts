/**
 * Builds the code of each function: one ESM file, minified, with everything in it but packages with
 * machine code, which come as layers. The stacks deploy these files and the tests run them.
 */
import { cpSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import type { FunctionName, NativePackage } from '../functions/chain.ts';
import { buildTag } from '../web/tag/build.ts';
import { slimSdk } from './slim-sdk.ts';

const root = join(import.meta.dirname, '..');

/** Some packages inside are CommonJS and call `require` for Node's own modules. */
const banner = "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);";

/**
 * Layers are found by `require` alone, so the import becomes one. It must stay lazy: functions without
 * the layer carry the code path but never take it.
 */
const fromLayer: Plugin = {
  name: 'native-from-layer',
  setup(on) {
    on.onResolve({ filter: /^(@duckdb\/node-api|onnxruntime-node)$/ }, ({ path }) => ({
      path,
      namespace: 'layer',
    }));
    on.onLoad({ filter: /.*/, namespace: 'layer' }, ({ path }) => ({
      contents: `module.exports = require.call(undefined, ${JSON.stringify(path)});`,
    }));
  },
};

const optionsFor = (name: FunctionName, outfile: string, texts: Texts): BuildOptions => ({
  entryPoints: [join(root, 'functions', name, 'handler.ts')],
  outfile,
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  mainFields: ['module', 'main'],
  legalComments: 'none',
  banner: { js: banner },
  define: Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, JSON.stringify(text)])),
  // Lambda hands credentials over in the environment; the other ways to get them weigh 100 kB.
  alias: { '@aws-sdk/credential-provider-node': join(root, 'adapters/aws/credentials.ts') },
  plugins: [fromLayer, slimSdk],
  logLevel: 'silent',
});

/** Texts that stand in bundles under a name. */
type Texts = Readonly<Record<string, string>>;
const texts: Partial<Record<FunctionName, () => Texts | Promise<Texts>>> = {
  collect: async () => ({ WELLSPRING_TAG: await buildTag() }),
  retrain: () => ({
    WELLSPRING_TRAINER: readFileSync(join(root, 'models/sagemaker/train.py'), 'utf8'),
  }),
};

export interface Bundle {
  readonly folder: string;
  /** Bytes of `index.mjs`. */
  readonly size: number;
}

/** Builds one function into `folder/NAME/index.mjs`. */
export async function bundle(name: FunctionName, folder: string): Promise<Bundle> {
  const own = join(folder, name);
  const outfile = join(own, 'index.mjs');
  rmSync(own, { recursive: true, force: true });
  await build(optionsFor(name, outfile, (await texts[name]?.()) ?? {}));
  return { folder: own, size: statSync(outfile).size };
}

/** What each layer holds, for the platform that functions with `native` run on. `leave`: parts for other platforms and hands. */
const layers: Readonly<
  Record<NativePackage, { readonly packages: readonly string[]; readonly leave?: RegExp }>
> = {
  duckdb: {
    packages: ['@duckdb/node-api', '@duckdb/node-bindings', '@duckdb/node-bindings-linux-x64', 'detect-libc'],
  },
  onnxruntime: {
    packages: ['onnxruntime-node', 'onnxruntime-common'],
    leave:
      /onnxruntime-node\/(script|lib|bin\/napi-v\d+\/(?!linux(\/x64|$)))|onnxruntime-common\/(lib|dist\/esm)|providers_|\.map$/,
  },
};

/**
 * Copies a package for Lambda from what is installed into `folder`, laid out as a layer.
 * @throws Error with the command that installs the Linux build, where it is missing.
 */
export function copyNativeLayer(layer: NativePackage, folder: string): string {
  const require = createRequire(import.meta.url);
  const { packages, leave } = layers[layer];
  rmSync(folder, { recursive: true, force: true });
  for (const name of packages) {
    cpSync(packageFolder(require, name), join(folder, 'nodejs/node_modules', name), {
      recursive: true,
      filter: (source) => !leave?.test(source),
    });
  }
  return folder;
}

function packageFolder(require: NodeJS.Require, name: string): string {
  const places = (require.resolve.paths(name) ?? []).map((place) => join(place, name));
  const found = places.find((place) => existsSync(join(place, 'package.json')));
  if (found !== undefined) return found;
  const fix = `npm install --no-save --force --os=linux --cpu=x64 ${name}`;
  throw new Error(`${name} is not installed; a layer needs it: ${fix}`);
}
