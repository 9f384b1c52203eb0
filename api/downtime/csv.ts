import type { DowntimeItem, DowntimeList } from '#schemas/http/downtime-list.ts';
import { printCsv } from '#schemas/library/csv.ts';
import { phonesInWords } from './phones.ts';

const columns = [
  ...['order', 'made at', 'group', 'critical', 'patient', 'initials', 'pump', 'drug', 'may be', 'state', 'rate mL/h'],
  ...['last sample at', 'silent since', 'empty about', 'phones', 'no answer', 'emergency'],
];

/** The downtime list as CSV, one line a pump, in the order of calling. */
export const printDowntimeCsv = ({ madeAt, items }: DowntimeList): string =>
  printCsv([columns, ...items.map((item, index) => [String(index + 1), madeAt, ...cellsOf(item)])]);

function cellsOf(item: DowntimeItem): string[] {
  const { patient, rateMlPerH, emergencyPlans } = item;
  return [
    ...[item.group, item.critical ? 'yes' : 'no', patient?.reference ?? '', patient?.initials ?? ''],
    ...[item.pump, item.drug ?? '', item.mayBe.join(' · '), item.state ?? '', String(rateMlPerH ?? '')],
    ...[item.lastSampleAt ?? '', item.silentSince ?? '', item.emptyAt ?? '', phonesInWords(item).join(' · ')],
    ...[item.plan ?? '', emergencyPlans.map(({ drug, text }) => `${drug}: ${text}`).join(' · ')],
  ];
}
