// The points at which ingest is killed, or cut off from its database in the middle of a COMMIT.
import { type Step, steps } from '../../../ingest/steps.ts';
import { type CommitCut, commitCuts } from './commit-link.ts';

export type CrashPoint = Step | CommitCut;
export const crashPoints: readonly CrashPoint[] = [...steps, ...commitCuts];

export const isCut = (point: CrashPoint): point is CommitCut => commitCuts.some((cut) => cut === point);

/** Links break sooner than processes start: so many cuts for each kill of the others. */
export const cutsPerTime: Readonly<Record<CommitCut, number>> = {
  'commit-lost': 5,
  'answer-lost': 5,
  'commit-late': 5,
  'answer-never': 1,
};

/** What has to happen around a step so that a worker comes by. */
export type Provocation =
  /** Records come and go. */
  | 'records'
  /** A value that the database refuses. */
  | 'refused-values'
  /** The link to the database breaks now and then. */
  | 'broken-links'
  /** A worker stands still for longer than its leases: the other takes its shards, and gives them back. */
  | 'frozen-workers';

const rare: Readonly<Partial<Record<Step, { within: number; provocation: Provocation }>>> = {
  'shards-taken': { within: 1, provocation: 'frozen-workers' },
  'shards-loaded': { within: 2, provocation: 'frozen-workers' },
  'before-release': { within: 1, provocation: 'frozen-workers' },
  'shards-released': { within: 1, provocation: 'frozen-workers' },
  'outcome-unknown': { within: 2, provocation: 'broken-links' },
  'shards-retaken': { within: 2, provocation: 'broken-links' },
  'memory-reloaded': { within: 2, provocation: 'broken-links' },
  'value-refused': { within: 4, provocation: 'refused-values' },
  'batch-halved': { within: 4, provocation: 'refused-values' },
  'record-rejected': { within: 2, provocation: 'refused-values' },
};

/** At which passing a worker may be killed at the latest, and what makes it pass. */
export const chanceOf = (step: Step) => rare[step] ?? { within: 12, provocation: 'records' as const };
