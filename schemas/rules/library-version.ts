import type { Finding } from './finding.ts';

// A pump has another library than the one that is assigned to it: a technician's.

export type LibrarySettings = { graceH: number };

/**
 * @param given.assignedAt when this version was assigned, ms
 * @param given.heardAt last contact, ms: a pump that is away can't install anything
 */
export function judgeLibraryVersion(
  given: { installed: string | null; assigned: string | null; assignedAt: number; heardAt: number | null },
  now: number,
  settings: LibrarySettings,
): Finding | null {
  const { installed, assigned, assignedAt, heardAt } = given;
  if (assigned === null || installed === assigned) return null;
  const grace = settings.graceH * 3_600_000;
  if (now - assignedAt < grace || heardAt === null || heardAt < assignedAt) return null;
  const message = `The pump has library ${installed ?? 'none'}, assigned is ${assigned}`;
  return { type: 'library-version', priority: 'low', message, detail: { installed, assigned } };
}
