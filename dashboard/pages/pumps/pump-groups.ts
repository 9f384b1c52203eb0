import type { Pump } from '#schemas/http/shapes.ts';
import { isLastKnown } from '../../pump-age.ts';

/** How a pump stands on the wall: what it does, and whether its numbers are current. */
export type PumpKind =
  | 'silent'
  | 'delivering'
  | 'kvo'
  | 'alarm'
  | 'paused'
  | 'stopped'
  | 'complete'
  | 'standby'
  | 'other'
  | 'never';

/** Order of the groups and their words. */
export const kinds: readonly { kind: PumpKind; name: string }[] = [
  { kind: 'silent', name: 'Silent' },
  { kind: 'alarm', name: 'In alarm' },
  { kind: 'stopped', name: 'Stopped' },
  { kind: 'paused', name: 'Paused' },
  { kind: 'kvo', name: 'Keep-vein-open' },
  { kind: 'delivering', name: 'Running' },
  { kind: 'complete', name: 'Complete' },
  { kind: 'standby', name: 'Standby' },
  { kind: 'other', name: 'Other' },
  { kind: 'never', name: 'Never heard' },
];

/** Silence outranks what the pump said last. */
export function kindOf(pump: Pump): PumpKind {
  if (pump.presence === 'never') return 'never';
  if (pump.presence === 'silent') return 'silent';
  const known = kinds.find(({ kind }) => kind === pump.state);
  return known?.kind ?? 'other';
}

export type PumpGroup = { kind: PumpKind; name: string; pumps: readonly Pump[] };

/** Pumps by what they do, each group by id; empty groups are left out. */
export function groupPumps(pumps: readonly Pump[]): PumpGroup[] {
  const byKind = new Map<PumpKind, Pump[]>();
  for (const pump of pumps) {
    const kind = kindOf(pump);
    const members = byKind.get(kind);
    if (members === undefined) byKind.set(kind, [pump]);
    else members.push(pump);
  }
  return kinds.flatMap(({ kind, name }) => {
    const members = byKind.get(kind);
    if (members === undefined) return [];
    return [{ kind, name, pumps: members.sort((a, b) => (a.id < b.id ? -1 : 1)) }];
  });
}

/** Whether every typed word stands in the pump's id, drug, model, serial or state. */
export function pumpMatches(pump: Pump, words: string): boolean {
  const text = [pump.id, pump.drug, pump.model, pump.serial, pump.state, pump.presence].join(' ').toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** Whether the tile is drawn as last known. */
export const isOld = (pump: Pump, now: number | null): boolean => now === null || isLastKnown(pump, now);
