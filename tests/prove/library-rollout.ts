// A drug library goes to a fleet, canaries first, while pumps lose their power and services are killed: in the end each pump
// has it or is listed with the reason why not, and no pump was sent everything again.
import {
  type AssignmentPump,
  assignmentPump,
  type LibraryAssignmentDetail,
  libraryAssignmentDetail,
} from '#schemas/http/library-assignments.ts';
import { page } from '#schemas/http/shapes.ts';
import { demoLibrary } from '#schemas/library/demo-library.ts';
import type { StragglerKind } from '#schemas/rules/straggler.ts';
import type { ReadLibraries } from '../../firmware-sim/library/shelf.ts';
import { demoPassword } from '../chaos/platform.ts';
import { Person, shape } from '../support/api.ts';
import { publishedLibrary } from '../support/libraries.ts';
import { waitFor } from '../support/wait-for.ts';
import { type Fate, LibraryPump } from './library-pump.ts';
import { provision } from './provision.ts';
import { duration, megabytes, type ProofResult, percentile, proofResult, whole } from './result.ts';
import type { ProofContext, Stage } from './stage.ts';

export type LibraryRolloutOptions = {
  pumps: number;
  canaryPercent: number;
  seed: number;
  /** Kill the api and the broker while the rest is served. */
  kills: boolean;
  /** Wait until the roll-out's minute is over; else it is made to be over once whoever can has it. */
  waits: boolean;
};

export const usualLibraryRollout: LibraryRolloutOptions = {
  pumps: 1_000,
  canaryPercent: 5,
  seed: 1,
  kills: true,
  waits: true,
};

/** Reasons that fit what befell a pump that does not have the library. */
const fitting: Partial<Record<Fate, readonly StragglerKind[]>> = {
  'infusion goes on': ['infusion-running'],
  'power stays away': ['silent', 'no-answer'],
  'never connects': ['never-heard'],
  refuses: ['refused'],
};

/** About 150 kB: several parts. */
function bigLibrary() {
  const big = demoLibrary();
  const area = big.careAreas[0];
  const drug = area?.drugs[0];
  if (!area || !drug) throw new Error('the demo library has drugs');
  const advisories = Array.from({ length: 20 }, (_, n) => `${n} ${'slow down '.repeat(80)}`);
  area.drugs.push(
    ...Array.from({ length: 8 }, (_, n) => ({ ...drug, name: `filler ${n}`, alsoKnownAs: [], advisories })),
  );
  return big;
}

/** @throws Error when pumps stay on the way for three minutes */
export async function proveLibraryRollout(
  options: LibraryRolloutOptions,
  stage: Stage,
  context: ProofContext,
): Promise<ProofResult> {
  const { platform, db } = stage;
  const signIn = (who: string) => Person.signIn({ url: platform.apiUrl }, `${who}@demo.dripwatch`, demoPassword);
  const [author, approver, technician] = [
    await signIn('pharmacist'),
    await signIn('pharmacist2'),
    await signIn('technician'),
  ];
  const prefix = `ROLL${Date.now() % 100_000}`;
  const library = await publishedLibrary(author, approver, prefix, 1, bigLibrary());
  const wanted = `${prefix}-1`;
  const accounts = await provision(db, prefix, options.pumps);
  const read: ReadLibraries = new Map();
  const fleet = accounts.map(
    (account, n) =>
      new LibraryPump(platform.mqttPort, account, 'Demo library-1', options.seed * 7_919 + n * 104_729, read),
  );
  stage.owns(() => {
    for (const pump of fleet) pump.close();
  });
  context.log(`${whole(fleet.length)} pumps connect`);
  for (let n = 0; n < fleet.length; n += 50) await Promise.all(fleet.slice(n, n + 50).map((pump) => pump.start()));

  const asked = async (id: string): Promise<LibraryAssignmentDetail> =>
    shape(libraryAssignmentDetail, await technician.get(`/library-assignments/${id}`));
  const began = Date.now();
  const body = { library, version: 1, scope: { pumps: accounts.map(({ id }) => id) }, timeOutMin: 2 };
  const canary = options.pumps * (options.canaryPercent / 100) < 1 ? null : { percent: options.canaryPercent };
  const made = shape(libraryAssignmentDetail, await technician.post('/library-assignments', { ...body, canary }));
  context.log(
    `${made.canaries} canaries of ${whole(fleet.length)} pumps; ${whole(made.bytes)} bytes in ${made.parts} parts`,
  );
  const settledCanary = await waitFor(
    async () => {
      const now = await asked(made.id);
      return now.counts.installed >= Math.floor(made.canaries * 0.8) && now;
    },
    { timeoutMs: 120_000, everyMs: 200, what: 'the canaries to install it' },
  );
  const canaries = new Set((await listed(technician, made.id)).map(({ pump }) => pump));
  const early = fleet.filter(({ pump, parts }) => parts > 0 && !canaries.has(pump.account.id)).length;

  const wentOnAt = Date.now();
  const goneOn = shape(libraryAssignmentDetail, await technician.post(`/library-assignments/${made.id}/go-on`));
  context.log(
    `canaries ${settledCanary.counts.installed} installed after ${duration(wentOnAt - began)}; on to ${goneOn.counts.assigned} others`,
  );
  const has = () => fleet.filter(({ version }) => version === wanted).length;
  if (options.kills) {
    for (const [service, share] of [
      ['api', 0.3],
      ['broker', 0.6],
    ] as const) {
      await waitFor(() => has() > fleet.length * share, { timeoutMs: 180_000, what: `${share} of the pumps` });
      context.log(`${service} killed, ${whole(has())} pumps have it`);
      await platform.kill(service);
    }
  }
  const can = fleet.filter(
    ({ fate }) => fate === 'takes it' || fate === 'infusion ends' || fate === 'power back',
  ).length;
  if (!options.waits) {
    await waitFor(() => has() >= can, { timeoutMs: 60_000, what: 'whoever can to have it' });
    await db.query(`update library_transfer set assigned_at = now() - interval '1 hour' where assignment_id = $1`, [
      made.id,
    ]);
  }
  const onTheWay = ({ counts }: LibraryAssignmentDetail) =>
    counts.assigned + counts.offered + counts.transferring + counts.received;
  let mostInstalledAt = wentOnAt;
  let installed = 0;
  const end = await waitFor(
    async () => {
      const now = await asked(made.id);
      if (now.counts.installed > installed) [installed, mostInstalledAt] = [now.counts.installed, Date.now()];
      // What a pump said last may be on its way to the database: then it counts once it is there.
      return onTheWay(now) === 0 && has() >= can && now.counts.installed >= has() && now;
    },
    { timeoutMs: 300_000, everyMs: 500, what: 'no pump to be on the way' },
  );
  const rows = await listed(technician, made.id);
  const byPump = new Map(rows.map((row) => [row.pump, row]));
  const wrong = fleet.filter((pump) => !agrees(pump, byPump.get(pump.pump.account.id), wanted));
  const stragglers = rows.filter(({ progress }) => progress !== 'installed');
  const reasons = new Map<string, number>();
  for (const { reason } of stragglers)
    reasons.set(reason?.kind ?? 'none', (reasons.get(reason?.kind ?? 'none') ?? 0) + 1);

  // Whoever stayed away comes back: a straggler is not given up.
  const away = fleet.filter(({ fate, version }) => fate === 'power stays away' && version !== wanted);
  await Promise.all(away.map((pump) => pump.comeBack()));
  const back = await waitFor(
    async () => {
      const now = await asked(made.id);
      return now.counts.installed >= end.counts.installed + away.length && now;
    },
    { timeoutMs: 90_000, everyMs: 250, what: 'those who came back to install it' },
  ).catch(() => null);

  const sent = fleet.reduce((sum, { parts }) => sum + parts, 0);
  // Lost on its way with a link: once for each power loss, once for each kill of the broker; then it is asked once whether it has it all.
  const most = (pump: LibraryPump) =>
    made.parts + 2 * (pump.powerLosses + (pump.fate === 'power stays away' ? 1 : 0)) + (options.kills ? 3 : 0);
  const tooMuch = fleet.filter((pump) => pump.fate !== 'refuses' && pump.parts > most(pump));
  const firstParts = fleet.flatMap(({ firstPartAt, pump }) =>
    firstPartAt !== null && !canaries.has(pump.account.id) ? [firstPartAt - wentOnAt] : [],
  );
  return proofResult(
    'library-rollout',
    [
      [
        'fleet',
        `${whole(fleet.length)} pumps; ${fleet.filter(({ powerLosses }) => powerLosses > 0).length} lost their power in the middle`,
      ],
      [
        'library',
        `${whole(made.bytes)} bytes in ${made.parts} parts; ${whole(sent)} parts arrived (${whole(fleet.length * made.parts)} = each once to each)`,
      ],
      ['canaries', `${made.canaries}; ${settledCanary.counts.installed} installed after ${duration(wentOnAt - began)}`],
      [
        'the rest',
        `first part after p50 ${duration(percentile(firstParts, 0.5))}, at most ${duration(Math.max(...firstParts))}; the last of them installed after ${duration(mostInstalledAt - wentOnAt)}`,
      ],
      [
        'in the end',
        `${whole(end.counts.installed)} installed, ${end.counts.straggler} stragglers, ${end.counts.failed} failed, 0 on the way`,
      ],
      ...[...reasons].map(([kind, pumps]) => [`straggler: ${kind}`, `${pumps}`] as const),
      [
        'came back later',
        `${away.length}, installed ${(back?.counts.installed ?? end.counts.installed) - end.counts.installed}`,
      ],
      ['killed meanwhile', options.kills ? 'api, broker' : 'nothing'],
      [
        'memory',
        `broker ${megabytes(stage.memory.get('broker') ?? 0)}, api ${megabytes(stage.memory.get('api') ?? 0)} at most`,
      ],
      ...wrong.slice(0, 5).map((pump) => ['disagrees', told(pump, byPump.get(pump.pump.account.id))] as const),
      ...tooMuch.slice(0, 5).map((pump) => ['sent too often', told(pump, byPump.get(pump.pump.account.id))] as const),
    ],
    [
      { what: 'nothing went to anybody but the canaries before "go on"', holds: early === 0 },
      {
        what: 'every pump is on the new version or listed with a reason that is so',
        holds: wrong.length === 0 && rows.length === fleet.length,
      },
      { what: 'no pump is stuck on the way', holds: onTheWay(end) === 0 },
      { what: 'who comes back installs it', holds: back !== null },
      { what: 'no pump was sent everything again', holds: tooMuch.length === 0 },
    ],
  );
}

/** Whether what the platform says of a pump is what the pump itself knows. */
function agrees(pump: LibraryPump, row: AssignmentPump | undefined, wanted: string): boolean {
  if (!row) return false;
  if (pump.version === wanted) return row.progress === 'installed' && row.installed === wanted;
  if (row.progress !== 'straggler' && row.progress !== 'failed') return false;
  return row.reason !== null && (fitting[pump.fate] ?? []).includes(row.reason.kind);
}

function told({ fate, version, parts, pump }: LibraryPump, row: AssignmentPump | undefined): string {
  return `${pump.account.id} (${fate}, has ${version}, ${parts} parts): ${row?.progress} ${row?.step} ${row?.reason?.kind ?? ''}`;
}

/** Every pump of a roll-out. */
async function listed(person: Person, id: string): Promise<AssignmentPump[]> {
  const all: AssignmentPump[] = [];
  let cursor = '';
  for (;;) {
    const query = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { items, next } = shape(
      page(assignmentPump),
      await person.get(`/library-assignments/${id}/pumps?limit=200${query}`),
    );
    all.push(...items);
    if (next === null) return all;
    cursor = next;
  }
}
