// Life of a version of a drug library, and of a rule set: draft → in review → approved → published → retired, with four
// eyes. Pure; what is published never changes.

export type VersionState =
  | { at: 'draft' }
  | { at: 'in-review'; by: string; since: number }
  | { at: 'approved'; by: string; since: number }
  /** `provisional`: published by one person in a hurry; somebody else has to confirm it before `until`. */
  | { at: 'published'; by: string; since: number; approvedBy: string | null; provisional: Provisional | null }
  | { at: 'retired'; by: string; since: number; reason: string };

export type Provisional = { until: number; reason: string };

export type Version = {
  state: VersionState;
  /** Everybody who wrote in it: none of them may approve it. */
  authors: string[];
};

export type VersionInput =
  | { kind: 'edit'; by: string }
  /** `problems`: how many the check of the content finds now. */
  | { kind: 'submit'; by: string; problems: number }
  | { kind: 'approve'; by: string; problems: number }
  | { kind: 'send-back'; by: string; reason: string }
  | { kind: 'publish'; by: string; problems: number }
  | { kind: 'publish-urgently'; by: string; reason: string; problems: number }
  | { kind: 'confirm'; by: string }
  | { kind: 'retire'; by: string; reason: string };

export type VersionOutcome =
  | { ok: true; next: Version }
  | { ok: false; reason: 'not-possible' | 'four-eyes' | 'problems' | 'no-reason'; detail: string };

/** How long one person's urgent publication may stand alone. */
export const provisionalMs = 24 * 3_600_000;

/** A new draft, empty or copied from another version. */
export function newVersion(author: string): Version {
  return { state: { at: 'draft' }, authors: [author] };
}

/**
 * One step of a version's life.
 * @param now milliseconds since 1970
 */
export function nextVersion(version: Version, input: VersionInput, now: number): VersionOutcome {
  const { state } = version;
  const since = now;
  switch (input.kind) {
    case 'edit':
      if (state.at !== 'draft') return refuseEdit(state);
      return { ok: true, next: { ...version, authors: [...new Set([...version.authors, input.by])] } };
    case 'submit':
      if (state.at !== 'draft') return notPossible(state, 'submitted');
      return whenSound(input, { ...version, state: { at: 'in-review', by: input.by, since } });
    case 'approve':
      if (state.at !== 'in-review') return notPossible(state, 'approved');
      return whenOther(
        version,
        input.by,
        whenSound(input, { ...version, state: { at: 'approved', by: input.by, since } }),
      );
    case 'send-back':
      if (state.at !== 'in-review' && state.at !== 'approved') return notPossible(state, 'sent back');
      return whenReason(input, { ...version, state: { at: 'draft' } });
    case 'publish':
      if (state.at !== 'approved') return notPossible(state, 'published');
      return whenSound(input, {
        ...version,
        state: { at: 'published', by: input.by, since, approvedBy: state.by, provisional: null },
      });
    case 'publish-urgently': {
      if (state.at !== 'draft' && state.at !== 'in-review') return notPossible(state, 'published urgently');
      const provisional = { until: now + provisionalMs, reason: input.reason };
      const published = { at: 'published', by: input.by, since, approvedBy: null, provisional } as const;
      const outcome = whenSound(input, { ...version, state: published });
      return outcome.ok ? whenReason(input, outcome.next) : outcome;
    }
    case 'confirm':
      if (state.at !== 'published' || !state.provisional) return notPossible(state, 'confirmed');
      if (input.by === state.by) return fourEyes('who published it can’t confirm it');
      return whenOther(version, input.by, {
        ok: true,
        next: { ...version, state: { ...state, approvedBy: input.by, provisional: null } },
      });
    case 'retire':
      if (state.at !== 'published') return notPossible(state, 'retired');
      return whenReason(input, { ...version, state: { at: 'retired', by: input.by, since, reason: input.reason } });
  }
}

/** Whether an urgent publication still waits for its second person, and whether it has waited too long. */
export function provisionalStanding(state: VersionState, now: number): 'none' | 'waiting' | 'overdue' {
  if (state.at !== 'published' || !state.provisional) return 'none';
  return now < state.provisional.until ? 'waiting' : 'overdue';
}

function notPossible(state: VersionState, wanted: string): VersionOutcome {
  return { ok: false, reason: 'not-possible', detail: `a version that is ${spellState(state)} can’t be ${wanted}` };
}

function refuseEdit(state: VersionState): VersionOutcome {
  const detail =
    state.at === 'published' || state.at === 'retired'
      ? 'a published version never changes; make a new draft from it'
      : `a version that is ${spellState(state)} can’t be changed; send it back first`;
  return { ok: false, reason: 'not-possible', detail };
}

function spellState(state: VersionState): string {
  if (state.at === 'draft') return 'a draft';
  return state.at === 'in-review' ? 'in review' : state.at;
}

function fourEyes(detail: string): VersionOutcome {
  return { ok: false, reason: 'four-eyes', detail };
}

function whenOther(version: Version, by: string, outcome: VersionOutcome): VersionOutcome {
  return version.authors.includes(by) ? fourEyes('an author can’t approve; it takes somebody else') : outcome;
}

function whenSound({ problems }: { problems: number }, next: Version): VersionOutcome {
  if (problems === 0) return { ok: true, next };
  return {
    ok: false,
    reason: 'problems',
    detail: `${problems} problem${problems === 1 ? '' : 's'} to be solved first`,
  };
}

function whenReason({ reason }: { reason: string }, next: Version): VersionOutcome {
  if (reason.trim() !== '') return { ok: true, next };
  return { ok: false, reason: 'no-reason', detail: 'a reason is needed' };
}
