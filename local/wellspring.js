#!/usr/bin/env node
// The command for people whose own Node is older than the one this project pins: it hands over to that one.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const node = here(`../node_modules/.bin/node${process.platform === 'win32' ? '.cmd' : ''}`);
const result = spawnSync(node, [here('./main.ts'), ...process.argv.slice(2)], { stdio: 'inherit' });
process.exitCode = result.status ?? 1;
