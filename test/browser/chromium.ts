/**
 * A real Chromium from the npm package alone, for machines that have nothing but Node.
 *
 * The package is made for Lambda: it unpacks into the shared temporary folder, where two test files would
 * step on each other, and adds its libraries only on Lambda. So it is unpacked here into a folder of this
 * checkout, whole or not at all, with the libraries and fonts used where the machine has none.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflate } from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

const packed = fileURLToPath(new URL('../bin', import.meta.resolve('@sparticuz/chromium')));
const cache = join(import.meta.dirname, '../../node_modules/.cache');
/** Named by the size of the packed program, which differs from version to version. */
const home = join(cache, `chromium-${statSync(join(packed, 'chromium.br')).size}`);

/** The package's `inflate` writes into the temporary folder as the environment names it. */
async function inflateInto(folder: string, files: readonly string[]): Promise<void> {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  try {
    await Promise.all(files.map((file) => inflate(join(packed, file))));
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}

const fontsConfig = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${folder}</dir><cachedir>${folder}/cache</cachedir></fontconfig>
`;

/** Unpacks beside the final folder and renames; whoever comes second finds the work done. */
async function unpack(): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const staging = mkdtempSync(join(cache, 'unpacking-'));
  await inflateInto(staging, ['chromium.br', 'al2023.tar.br', 'fonts.tar.br']);
  writeFileSync(join(staging, 'fonts/fonts.conf'), fontsConfig(join(home, 'fonts')));
  try {
    renameSync(staging, home);
  } catch {
    rmSync(staging, { recursive: true });
  }
}

/** The program's environment: the package's libraries only if it does not start with the machine's own. */
function environment(program: string): NodeJS.ProcessEnv {
  const fonts = existsSync('/etc/fonts/fonts.conf') ? {} : { FONTCONFIG_PATH: join(home, 'fonts') };
  const plain = { ...process.env, ...fonts };
  if (spawnSync(program, ['--version'], { env: plain }).status === 0) return plain;
  return { ...plain, LD_LIBRARY_PATH: join(home, 'al2023/lib') };
}

/** Starts the browser. The first start on a machine unpacks it, which takes some seconds. */
export async function launchChromium(): Promise<Browser> {
  const program = join(home, 'chromium');
  if (!existsSync(program)) await unpack();
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment(program)))
    if (value !== undefined) env[name] = value;
  // The pages are ours; root and containers often have no sandbox to offer.
  return chromium.launch({ executablePath: program, env, args: ['--no-sandbox', '--disable-gpu'] });
}
