import { type Component, components, type Finding } from './watch-state.ts';

/** A service's answer to `/readyz`: null where there was none, else its JSON and whether it said 200. */
export type Readiness = { answered: false; why: string } | { answered: true; ok: boolean; body: unknown };

/** What one round saw. Ages in ms; null: never yet, which counts from the watchdog's start. */
export type Observations = {
  sinceStartMs: number;
  readiness: Record<'broker' | 'ingest' | 'api', Readiness>;
  /** How long both of our links to the broker are missing; 0 while they stand. */
  unlinkedMs: number;
  /** Since ingest last echoed a canary of ours. */
  echoAgeMs: number | null;
  /** Since ingest last echoed a canary that an api sent: its live part runs. */
  apiEchoAgeMs: number | null;
  /** What ingest says about its database, where it was heard lately. */
  databaseDownSince: number | null;
  /** Age of the oldest record of the canary pump that is not acknowledged as committed; null: all are. */
  uncommittedMs: number | null;
  /** Why the canary pump could not write its journal, so that no record went out; null: it could. */
  notWritten: string | null;
};

/** A step of the path that takes longer has stopped. */
export const lateAfterMs = 15_000;

/** What is wrong, each component once, in the order of the path. */
export function judge(seen: Observations): Finding[] {
  const problems = new Map<Component, string>();
  const blame = (component: Component, problem: string) => {
    if (!problems.has(component)) problems.set(component, problem);
  };
  for (const name of ['broker', 'ingest', 'api'] as const) {
    const readiness = seen.readiness[name];
    if (!readiness.answered) blame(name, `does not answer (${readiness.why})`);
    else if (!readiness.ok) {
      for (const [component, problem] of whoIsMissing(name, readiness.body)) blame(component, problem);
    }
  }
  if (seen.databaseDownSince !== null) {
    blame('database', `not recorded since ${new Date(seen.databaseDownSince).toISOString()}`);
  }
  const late = (ageMs: number | null) => (ageMs ?? seen.sinceStartMs) > lateAfterMs;
  const seconds = (ageMs: number | null) => `${Math.round((ageMs ?? seen.sinceStartMs) / 1000)} s`;
  if (late(seen.unlinkedMs)) blame('broker', `no connection for ${seconds(seen.unlinkedMs)}`);
  // Without a link nothing can be heard; that is the broker's.
  if (seen.unlinkedMs === 0) {
    if (late(seen.echoAgeMs)) blame('ingest', `echoes nothing for ${seconds(seen.echoAgeMs)}`);
    else if (late(seen.apiEchoAgeMs)) blame('api', `sends nothing for ${seconds(seen.apiEchoAgeMs)}`);
  }
  if (seen.uncommittedMs !== null && late(seen.uncommittedMs)) {
    blame('canary', `a record is not committed after ${seconds(seen.uncommittedMs)}`);
  }
  if (seen.notWritten !== null) blame('canary', `its journal cannot be written (${seen.notWritten})`);
  return components.flatMap((component) => {
    const problem = problems.get(component);
    return problem === undefined ? [] : [{ component, problem }];
  });
}

/** A service that is up may only say that another one is not. */
function whoIsMissing(name: 'broker' | 'ingest' | 'api', body: unknown): [Component, string][] {
  const answer: { status?: unknown; checks?: unknown } = typeof body === 'object' && body !== null ? body : {};
  if (typeof answer.checks === 'object' && answer.checks !== null) {
    const failed = Object.entries(answer.checks).flatMap(([check, good]) => (good === true ? [] : [check]));
    return failed.map((check) =>
      check === 'database' || check === 'broker' ? [check, `${name} cannot reach it`] : [name, `not ready: ${check}`],
    );
  }
  const status = typeof answer.status === 'string' ? answer.status.slice(0, 200) : 'not ready';
  if (name === 'ingest' && status.includes('database')) return [['database', `ingest: ${status}`]];
  if (name === 'ingest' && status.includes('broker')) return [['broker', `ingest: ${status}`]];
  return [[name, `not ready: ${status}`]];
}
