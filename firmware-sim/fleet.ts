// Many simulated pumps in one process: one scheduler, one pacer, one credential cache.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Device, DeviceDeps } from './device.ts';
import { newEpoch } from './device.ts';
import { openHistoryLog, withHistory } from './history-log.ts';
import { openJournal } from './journal/journal.ts';
import { type FsyncPolicy, fileStore, memoryStore } from './journal/store.ts';
import { openShelf, type ReadLibraries } from './library/shelf.ts';
import { diskFiles, memoryFiles } from './library/shelf-files.ts';
import type { Credential } from './link/connection.ts';
import { newPacer } from './link/pacer.ts';
import type { ApiClient } from './provision/api-client.ts';
import { openCredentials } from './provision/credentials.ts';
import { eachOf } from './provision/each.ts';
import { lockPumps } from './provision/lock.ts';
import { type Scheduler, startScheduler } from './scheduler.ts';

export type HostOptions = {
  dataDir: string;
  prefix: string;
  apiUrl: string;
  brokerUrl: string;
  journal: 'file' | 'memory';
  fsync: FsyncPolicy;
  /** Records that a journal holds at most. */
  capacity: number;
  /** Backlog records per second of all pumps together. */
  backlogPerS: number;
  /** File that every change of a journal is appended to. */
  historyLog?: string | null;
};

/** What pumps of one process share. */
export type Host = {
  scheduler: Scheduler;
  world(): number;
  /** Provisions what has no credential yet, a few pumps at a time. */
  provision(pumps: readonly { id: string; serial: string }[], done: (count: number) => void): Promise<void>;
  /** Everything of a device that is the same for all, and its own journal and credential. */
  deviceDeps(pump: {
    id: string;
    serial: string;
  }): Pick<
    DeviceDeps,
    | 'id'
    | 'model'
    | 'serial'
    | 'brokerUrl'
    | 'credential'
    | 'journal'
    | 'scheduler'
    | 'pacer'
    | 'world'
    | 'refused'
    | 'shelf'
    | 'changed'
  >;
  close(): void;
};

/** The model that every simulated pump says it is. */
export const simulatedModel = 'Meridian H2';

/**
 * @param api signs in when a credential is needed and not before
 * @param onError an error of one pump: the others go on
 * @throws Failure when another simulator runs the same pumps
 */
export function openHost(options: HostOptions, api: () => Promise<ApiClient>, onError: (error: unknown) => void): Host {
  const release = lockPumps(options.dataDir, options.prefix);
  const journals = join(options.dataDir, 'journals');
  mkdirSync(journals, { recursive: true, mode: 0o700 });
  const credentials = openCredentials(options.dataDir, options.apiUrl);
  const scheduler = startScheduler(onError);
  const pacer = newPacer(options.backlogPerS);
  const readLibraries: ReadLibraries = new Map();
  const history = openHistoryLog(options.historyLog ?? null);
  const originMs = Date.now() - performance.now();

  const renew = async (pump: { id: string; serial: string }): Promise<Credential> => {
    const credential = await (await api()).credentialOf({ ...pump, model: simulatedModel });
    credentials.keep(pump.id, credential);
    return credential;
  };

  return {
    scheduler,
    world: () => originMs + performance.now(),
    async provision(pumps, done) {
      const missing = pumps.filter((pump) => credentials.get(pump.id) === null);
      let count = pumps.length - missing.length;
      done(count);
      await eachOf(missing, 8, async (pump) => {
        await renew(pump);
        count += 1;
        done(count);
      });
    },
    deviceDeps(pump) {
      const credential = credentials.get(pump.id);
      if (!credential) throw new Error(`${pump.id} was not provisioned`);
      const inMemory = options.journal === 'memory';
      const store = inMemory ? memoryStore() : fileStore(join(journals, `${pump.id}.journal`), options.fsync);
      const libraryFiles = inMemory ? memoryFiles() : diskFiles(join(journals, pump.id));
      return {
        ...pump,
        model: simulatedModel,
        brokerUrl: options.brokerUrl,
        credential,
        journal: withHistory(pump.id, openJournal(store, { capacity: options.capacity }, newEpoch), history),
        scheduler,
        pacer,
        world: () => originMs + performance.now(),
        refused: () => renew(pump),
        shelf: openShelf(libraryFiles, readLibraries),
        changed() {},
      };
    },
    close() {
      scheduler.close();
      release();
    },
  };
}

export type Totals = { pumps: number; connected: number; journaled: number; acknowledged: number };

/** Counts over all journals; `journaled` and `acknowledged` are of the present epochs since these began. */
export function totalsOf(devices: readonly Device[]): Totals {
  const totals: Totals = { pumps: devices.length, connected: 0, journaled: 0, acknowledged: 0 };
  for (const { journal, link } of devices) {
    if (link.connected) totals.connected += 1;
    totals.journaled += journal.last;
    totals.acknowledged += journal.upTo;
  }
  return totals;
}
