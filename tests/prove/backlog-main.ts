// The pumps of a preloaded backlog, as a process of their own: all have the same journal, each under its own epoch.
// Its first message are its settings; then it loads the journals. The second lets the pumps connect and send.
import * as z from 'zod';
import { JournalPump } from './journal-pump.ts';
import { therapyJournal } from './therapy-journal.ts';

const settings = z.object({
  port: z.int(),
  pumps: z.array(z.object({ id: z.string(), token: z.string(), prefix: z.string(), epoch: z.string() })),
  records: z.int(),
});
export type BacklogSettings = z.infer<typeof settings>;

function load({ port, pumps: accounts, records }: BacklogSettings): JournalPump[] {
  const endsAt = Date.now();
  const { entries } = therapyJournal({ records, endsAt, alarmEveryMs: 4 * 3_600_000, oneActive: false });
  const bootedAt = entries[0]?.at ?? endsAt;
  const uptimeMs = () => Date.now() - bootedAt;
  return accounts.map((account) => new JournalPump({ port, account, entries, uptimeMs }));
}

function begin(pumps: readonly JournalPump[]): void {
  for (const pump of pumps) void pump.connect();
  const sum = (of: (pump: JournalPump) => number) => pumps.reduce((total, pump) => total + of(pump), 0);
  setInterval(() => {
    process.send?.({ acknowledged: sum(({ upTo }) => upTo), sent: sum(({ sent }) => sent) });
  }, 100);
}

process.once('message', (message) => {
  const pumps = load(settings.parse(message));
  process.once('message', () => begin(pumps));
  process.send?.({ loaded: pumps.length });
});
