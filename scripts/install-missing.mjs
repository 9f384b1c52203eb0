// Decides whether node_modules holds what package-lock.json asks for, and runs `npm ci` where it does not.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What is missing, as words for a person, or null where node_modules agrees with package-lock.json.
 * npm keeps what it installed in node_modules/.package-lock.json and writes that file last, so an interrupted
 * installation counts as missing. Contents are compared, never times: a fresh checkout has new times on old contents.
 *
 * @param {string} root folder of package-lock.json
 * @returns {string | null}
 */
export function whatIsMissing(root) {
  const installedFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return 'packages are not installed yet';
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages ?? {};
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages ?? {};
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue;
    const found = installed[path];
    if (found === undefined) {
      // A package for another platform is rightly absent.
      if (entry.optional || entry.devOptional || entry.peer) continue;
      return `${path.replace(/^.*node_modules\//, '')} is missing`;
    }
    if (found.version !== entry.version) {
      return `${path.replace(/^.*node_modules\//, '')} is ${found.version}, wanted ${entry.version}`;
    }
  }
  return null;
}

/**
 * Runs `npm ci` when something is missing.
 *
 * @param {string} root folder of package-lock.json
 * @returns {Promise<string | null>} one line saying what went wrong, or null
 */
export async function installMissing(root) {
  if (!existsSync(join(root, 'package-lock.json'))) return null;
  const missing = whatIsMissing(root);
  if (missing === null) return null;

  console.error(`Installing packages (${missing}) …`);
  const npm = npmCommand();
  const done = spawnSync(npm.command, [...npm.args, 'ci', '--include=dev', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: npm.shell,
  });
  if (done.error) {
    return `npm could not be run (${done.error.message}). Install npm and put it on the PATH.`;
  }
  if (done.signal) return `Installing packages was interrupted (${done.signal}).`;
  if (done.status !== 0) {
    return (
      `npm ci ended with exit code ${done.status}; its own words are above. ` +
      'It needs to reach the package registry once: check the network and try again.'
    );
  }
  const still = whatIsMissing(root);
  return still === null ? null : `npm ci ended well, yet ${still}. Remove node_modules and try again.`;
}

/** The npm that started us, where there is one, else the first on the PATH. */
function npmCommand() {
  const cli = process.env.npm_execpath;
  if (cli !== undefined && /npm-cli\.[cm]?js$/.test(cli) && existsSync(cli)) {
    return { command: process.execPath, args: [cli], shell: false };
  }
  // On Windows npm is a .cmd file, which only a shell starts.
  return { command: 'npm', args: [], shell: process.platform === 'win32' };
}
