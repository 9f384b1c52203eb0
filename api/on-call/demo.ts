import type { Layer } from '#schemas/http/on-call.ts';
import type { Database } from '../database.ts';

const layer = (name: string, members: string[]): Layer => ({
  name,
  timeZone: 'Europe/Stockholm',
  startsOn: '2026-01-05',
  endsOn: null,
  handOverAt: '07:00',
  every: { count: 1, unit: 'day' },
  members,
  restrictions: [],
});

/** Puts the demo's people on call, one of them as a lead; a schedule that somebody made is left alone. */
export async function putDemoOnCall(db: Database): Promise<void> {
  await db.transaction(async (query) => {
    const found = await query<{ id: string; email: string }>('demo_users');
    const id = (email: string) => found.find((user) => user.email === `${email}@demo.dripwatch`)?.id;
    const [first, second, technician] = [id('clinician'), id('clinician2'), id('technician')];
    if (!first || !second || !technician) throw new Error("the demo's people are not there");
    const schedules: [string, Layer][] = [
      ['clinical', layer('Day by day', [first, second])],
      ['clinical-backup', layer('The other one', [second, first])],
      ['technical', layer('Always', [technician])],
    ];
    for (const [schedule, made] of schedules) await query('demo_schedule', [schedule, JSON.stringify([made])]);
    await query('demo_lead', [first]);
  });
}
