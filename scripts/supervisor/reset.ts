import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stopLeftover } from '../database/leftover.ts';
import { removePlace } from '../database/place.ts';
import { stopLeftoverServices, takeDataDir } from './processes.ts';

/** Everything that the platform writes into a data directory, besides the cluster. */
const ours =
  /^(database\.(password|url)|secrets\.json|demo-password|logs|run|broker.*|ingest.*|api.*|firmware-sim.*|sim.*|watchdog.*)(\.new)?$/;

/**
 * Deletes a data directory's contents: the database and what the services keep. Files that are not known to be ours
 * stay.
 *
 * @returns what was deleted and what was left alone, as paths
 * @throws Error when Dripwatch runs on it
 */
export async function resetDataDir(dataDir: string): Promise<{ deleted: string[]; kept: string[] }> {
  if (!existsSync(dataDir)) return { deleted: [], kept: [] };
  const giveUp = takeDataDir(dataDir);
  try {
    await stopLeftoverServices(join(dataDir, 'run'), []);
    await stopLeftover(join(dataDir, 'database'));
    const deleted = removePlace(dataDir);
    for (const name of readdirSync(dataDir).filter((name) => ours.test(name))) {
      rmSync(join(dataDir, name), { recursive: true, force: true });
      deleted.push(join(dataDir, name));
    }
    const kept = readdirSync(dataDir).filter((name) => name !== 'supervisor.json');
    return { deleted, kept: kept.map((name) => join(dataDir, name)) };
  } finally {
    giveUp();
  }
}
