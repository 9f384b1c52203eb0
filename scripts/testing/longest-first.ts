import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, most of it waiting, longest first. */
const longest = [
  'tests/chaos/chaos.test.ts',
  'tests/system/watchdog.test.ts',
  'tests/system/kill.test.ts',
  'tests/integration/second-check.test.ts',
  'tests/prove/prove.test.ts',
  'tests/integration/sim-faults.test.ts',
  'tests/integration/sim-replay.test.ts',
  'tests/integration/live.test.ts',
  'tests/integration/escalation.test.ts',
  'tests/integration/slow-rules.test.ts',
  'tests/scripts/start.test.ts',
  'tests/scripts/cluster.test.ts',
  'tests/browser/screens.test.ts',
  'tests/browser/care.test.ts',
  'tests/browser/board-states.test.ts',
  'tests/browser/library.test.ts',
  'tests/browser/watch.test.ts',
  'tests/browser/calls.test.ts',
];

/**
 * Starts the longest files first: one that starts last keeps the others' processors idle until it ends. Vitest orders by
 * size where it has not seen the files before, which is every run of CI.
 */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = longest.indexOf(relative(this.ctx.config.root, moduleId));
      return at === -1 ? longest.length : at;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
