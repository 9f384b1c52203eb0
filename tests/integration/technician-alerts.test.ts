import { expect, test } from 'vitest';
import { brokerForThisTest, provisionPump } from '../support/broker.ts';
import { testDatabase } from '../support/database.ts';
import { HandPump, ingestForThisTest } from '../support/ingest.ts';
import { waitFor } from '../support/wait-for.ts';

test('two pumps with one id: every record of both is kept, and a technician hears of it, nobody else', async () => {
  const database = await testDatabase();
  try {
    const db = database.pool;
    const broker = await brokerForThisTest(database.url);
    await ingestForThisTest(broker, database.url);
    const account = await provisionPump(db, 'TWIN-1');
    const epochs = ['00000000000000aa', '00000000000000bb'];
    const seqs = [0, 0];
    // Each connection cuts off the other's, as a broker has to [MQTT-3.1.4-2].
    for (const turn of [0, 1, 0, 1, 0]) {
      const pump = await HandPump.connect(broker, account, epochs[turn]);
      pump.seq = seqs[turn] ?? 0;
      await pump.send('alarm', [pump.sample(), pump.sample()]);
      await pump.acknowledged();
      seqs[turn] = pump.seq;
    }
    const alerts = await waitFor(async () => {
      const { rows } = await db.query(`select type, audience, priority, condition from alert where pump_id = 'TWIN-1'`);
      return rows.length > 0 ? rows : null;
    });
    expect(alerts).toEqual([
      { type: 'duplicate-pump', audience: 'technician', priority: 'medium', condition: 'active' },
    ]);
    const { rows } = await db.query(
      `select epoch, up_to::int as "upTo", (select count(*)::int from telemetry t
                 where t.pump_id = j.pump_id and t.epoch_no = j.epoch_no) as stored
         from journal j where pump_id = 'TWIN-1' order by epoch_no`,
    );
    expect(rows).toEqual([
      { epoch: epochs[0], upTo: 6, stored: 6 },
      { epoch: epochs[1], upTo: 4, stored: 4 },
    ]);
  } finally {
    await database.close();
  }
});
