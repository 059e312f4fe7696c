/** Builds the functions and synthesises the stacks: `npm run synth` alone, or called by the CDK's command line. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { functionNames, nativePackages } from '../functions/chain.ts';
import { bundle, copyNativeLayer } from './bundle.ts';
import { makeApp } from './make-app.ts';
import { readStage } from './settings.ts';

const root = join(import.meta.dirname, '..');
const built = join(root, 'dist/functions');
const layers = join(root, 'dist/layers');

/** `-c stage=prod` reaches the app as JSON in the environment. */
function stageFromCli(): string | undefined {
  const context: unknown = JSON.parse(process.env['CDK_CONTEXT_JSON'] ?? '{}');
  const stage =
    typeof context === 'object' && context !== null && 'stage' in context ? context.stage : undefined;
  return typeof stage === 'string' ? stage : undefined;
}

const stage = readStage(stageFromCli() ?? process.env['WELLSPRING_STAGE'] ?? 'dev');
mkdirSync(built, { recursive: true });
for (const name of functionNames) {
  const { size } = await bundle(name, built);
  process.stderr.write(`${name.padEnd(10)} ${Math.round(size / 1000)} kB\n`);
}
for (const name of nativePackages) copyNativeLayer(name, join(layers, name));
const { app } = makeApp({
  stage,
  code: {
    of: (name) => Code.fromAsset(join(built, name)),
    layer: (name) => Code.fromAsset(join(layers, name)),
  },
  outdir: process.env['CDK_OUTDIR'] ?? join(root, 'cdk.out'),
});
const { directory } = app.synth();
process.stderr.write(`${stage}: templates in ${directory}\n`);
