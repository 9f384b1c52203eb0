#!/usr/bin/env node
// The launcher behind every `npm run …`: installs what is missing, then runs a TypeScript file. It imports nothing
// from node_modules, since that folder may not be there yet.
//
//   node scripts/run.mjs FILE [arguments…]
//
// The file runs inside this very process: a terminal's Ctrl-C reaches it directly and once, and its exit code is ours.
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { installMissing } from './install-missing.mjs';

const oldestNode = [20, 19];

/** True where this Node.js is at least `oldestNode`. */
function nodeIsNewEnough() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
}

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const [file, ...args] = process.argv.slice(2);

if (file === undefined) {
  console.error('usage: node scripts/run.mjs FILE [arguments…]');
  process.exit(1);
}
if (!nodeIsNewEnough()) {
  console.error(`Dripwatch needs Node.js ${oldestNode.join('.')} or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

const problem = await installMissing(root);
if (problem !== null) {
  console.error(problem);
  process.exit(1);
}

const target = resolve(root, file);
process.argv = [process.argv[0], target, ...args];
if (!process.features.typescript) {
  // Node.js below 22.18 cannot read TypeScript itself. `execArgv` hands the same loader to child processes.
  const { register } = await import('tsx/esm/api');
  register();
  process.execArgv.push('--import', import.meta.resolve('tsx'));
}
await import(pathToFileURL(target).href);
