// The libraries that a pump has in its durable storage: the one that it goes by, one that waits for the end of the
// infusion, and the parts of one that is still coming in. A part counts once it is written.
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { partBytes, readDistributed } from '#schemas/library/distributed.ts';
import type { Command, Reply } from '#schemas/messages/control.ts';
import { indexLibrary, type LibraryIndex } from '#schemas/rules/library-index.ts';
import type { ShelfFiles } from './shelf-files.ts';

export type LibraryOffer = Extract<Command, { cmd: 'library' }>;

export type LibraryShelf = {
  /** The limits of a version that is here. */
  find(version: string): LibraryIndex | null;
  /** Takes one part. `complete`: the version that is whole now and waits. */
  take(offer: LibraryOffer): { reply: Omit<Reply, 'id'>; complete: string | null };
  /** The version that is whole and waits for the end of the infusion. */
  waiting(): string | null;
  /** The pump goes by this version now. */
  promote(version: string): void;
  /** Whatever was not written down is gone. */
  losePower(): void;
};

/** What libraries of one digest hold, read once for all pumps of a process. */
export type ReadLibraries = Map<string, { index: LibraryIndex; version: string } | { index: null; why: string }>;

/** A library larger than this is not a pump's. */
const mostBytes = 8 * 1024 * 1024;
/** Ranges that one reply names. */
const mostRanges = 16;

const stored = z.object({ version: z.string(), sha256: z.string(), text: z.string() });
type Stored = z.infer<typeof stored>;
const partLine = z.object({
  version: z.string(),
  sha256: z.string(),
  parts: z.int(),
  part: z.int(),
  data: z.string(),
});

type Incoming = { version: string; sha256: string; parts: number; held: Map<number, Buffer> };
type Held = { installed: Stored | null; pending: Stored | null; incoming: Incoming | null };

/** Opens what a pump has kept. */
export function openShelf(files: ShelfFiles, read: ReadLibraries): LibraryShelf {
  let held = load(files);

  const libraryOf = ({ sha256, text }: Stored) => {
    const known = read.get(sha256);
    if (known) return known;
    const given = readDistributed(text);
    const made = given.library
      ? { index: indexLibrary(given.library.content), version: given.library.version }
      : { index: null, why: given.why };
    read.set(sha256, made);
    return made;
  };

  const complete = (incoming: Incoming): { reply: Omit<Reply, 'id'>; complete: string | null } => {
    const { version, sha256 } = incoming;
    const ordered = [...incoming.held].sort(([a], [b]) => a - b).map(([, bytes]) => bytes);
    const bytes = Buffer.concat(ordered);
    files.write('parts', null);
    held.incoming = null;
    const refuse = (error: string) => ({ reply: { ok: false, error: error.slice(0, 500) }, complete: null });
    const digest = createHash('sha256').update(bytes).digest('hex');
    if (digest !== sha256) return refuse(`library ${version}: sha256 differs`);
    const pending = { version, sha256, text: bytes.toString('utf8') };
    const library = libraryOf(pending);
    if (library.index === null) return refuse(`library ${version}: ${library.why}`);
    if (library.version !== version) return refuse(`library ${version}: it calls itself ${library.version}`);
    files.write('pending', JSON.stringify(pending));
    held.pending = pending;
    return { reply: { ok: true, missing: [] }, complete: version };
  };

  return {
    find: (version) => {
      const found = [held.installed, held.pending].find((library) => library?.version === version);
      return found ? libraryOf(found).index : null;
    },
    take: ({ args }) => {
      const { version, sha256, part, parts, data } = args;
      const has = (library: Stored | null) => library?.version === version && library.sha256 === sha256;
      if (part > parts) return { reply: { ok: false, error: `part ${part} of ${parts}` }, complete: null };
      if (parts * partBytes > mostBytes) {
        return { reply: { ok: false, error: `${parts} parts: more than ${mostBytes} bytes` }, complete: null };
      }
      if (has(held.pending)) return { reply: { ok: true, missing: [] }, complete: null };
      if (has(held.installed)) {
        // Another one waited: this one takes its place, and is here already.
        const waited = held.pending !== null;
        if (waited) files.write('pending', null);
        held.pending = null;
        return { reply: { ok: true, missing: [] }, complete: waited ? version : null };
      }
      const known = held.incoming;
      const same = known !== null && known.version === version && known.sha256 === sha256 && known.parts === parts;
      if (!same) files.write('parts', null);
      const incoming = same ? known : { version, sha256, parts, held: new Map<number, Buffer>() };
      if (!incoming.held.has(part)) {
        files.append('parts', `${JSON.stringify(args)}\n`);
        incoming.held.set(part, Buffer.from(data, 'base64'));
      }
      held.incoming = incoming;
      if (incoming.held.size === parts) return complete(incoming);
      return { reply: { ok: true, missing: missingOf(incoming) }, complete: null };
    },
    waiting: () => held.pending?.version ?? null,
    promote: (version) => {
      if (held.pending?.version !== version) return;
      files.write('installed', JSON.stringify(held.pending));
      files.write('pending', null);
      held.installed = held.pending;
      held.pending = null;
    },
    losePower: () => {
      held = load(files);
    },
  };
}

function load(files: ShelfFiles): Held {
  const libraryIn = (name: 'installed' | 'pending') => {
    const text = files.read(name);
    const read = text === null ? null : stored.safeParse(parsed(text));
    return read?.success ? read.data : null;
  };
  return {
    installed: libraryIn('installed'),
    pending: libraryIn('pending'),
    incoming: incomingIn(files.read('parts')),
  };
}

/** A line that the power loss tore is a part that did not come. */
function incomingIn(text: string | null): Incoming | null {
  let incoming: Incoming | null = null;
  for (const line of (text ?? '').split('\n')) {
    const read = partLine.safeParse(parsed(line));
    if (!read.success) continue;
    const { version, sha256, parts, part, data } = read.data;
    incoming ??= { version, sha256, parts, held: new Map() };
    incoming.held.set(part, Buffer.from(data, 'base64'));
  }
  return incoming;
}

function missingOf({ parts, held }: Incoming): [number, number][] {
  const ranges: [number, number][] = [];
  for (let part = 1; part <= parts; part += 1) {
    if (held.has(part)) continue;
    const last = ranges.at(-1);
    if (last && last[1] === part - 1) last[1] = part;
    else ranges.push([part, part]);
  }
  return ranges.slice(0, mostRanges);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
