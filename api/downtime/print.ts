import type { DowntimeItem, DowntimeList } from '#schemas/http/downtime-list.ts';
import { drugWords } from '#schemas/rules/calling-order.ts';
import { phonesInWords } from './phones.ts';

/** The downtime list as one page without scripts, to be printed: pages are numbered, nobody is cut in two. */
export function printDowntimeList({ madeAt, items }: DowntimeList): string {
  const made = inUtc(madeAt);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Downtime list ${made}</title><style>
body { font: 15px/1.4 system-ui, sans-serif; margin: 16px; }
li { break-inside: avoid; padding: 8px 0; border-top: 1px solid #777; }
h2 { font-size: 18px; margin: 0; } p { margin: 2px 0; }
@page { margin: 16mm 14mm; @bottom-left { content: "Downtime list ${made}"; } @bottom-right { content: counter(page) " / " counter(pages); } }
</style></head><body>
<h1>Downtime list</h1>
<p><strong>Made ${made}.</strong> ${items.length} pumps. Call from the top: ★ first, then silent, then running. Patient data: keep it locked, destroy the old one.</p>
<ol>
${items.map(printItem).join('\n')}
</ol>
</body></html>
`;
}

const groupWords: Record<DowntimeItem['group'], string> = {
  critical: '★ must not stop',
  silent: 'silent',
  running: 'running',
  'not-running': 'not running',
};

function printItem(item: DowntimeItem): string {
  const { patient, critical, group, pump, emptyAt, rateMlPerH, lastSampleAt } = item;
  const who = patient === null ? 'patient not known' : `${patient.initials} ${patient.reference}`;
  const calls = phonesInWords(item);
  const facts = [
    ...[groupWords[group], pump],
    ...(rateMlPerH === null || lastSampleAt === null ? [] : [`${rateMlPerH} mL/h at ${inUtc(lastSampleAt)}`]),
    ...(emptyAt === null ? [] : [`empty about ${inUtc(emptyAt)}`]),
  ];
  const plans = [
    ...item.emergencyPlans.map(({ drug: of, text }) => `Emergency, ${of}: ${text}`),
    ...(item.plan === null ? [] : [`Nobody answers: ${item.plan}`]),
  ];
  const paragraphs = [facts.join(' · '), calls.join(' · ') || 'No phone number is on record.', ...plans];
  const title = `${critical ? '★ ' : ''}${who} · ${drugWords(item)}`;
  return `<li><h2>${asText(title)}</h2>${paragraphs.map((text) => `<p>${asText(text)}</p>`).join('')}</li>`;
}

const inUtc = (time: string): string => `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;
const asText = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
