import { describe, expect, test } from 'vitest';
import { serviceTopics, shardFilter } from '#schemas/topics.ts';
import { type Access, filterMatches, pumpAccess, serviceAccess } from './access.ts';

// Every kind of topic there is, against every account. p = may publish, s = may subscribe, r = may receive.
const accounts: Record<string, Access> = {
  pump: pumpAccess('PUMP-0001', 15),
  ingest: serviceAccess('svc-ingest'),
  api: serviceAccess('svc-api'),
  watchdog: serviceAccess('svc-watchdog'),
  sim: serviceAccess('svc-sim'),
};
const own = 'dw/1/0f/PUMP-0001';
const other = 'dw/1/0f/PUMP-0002';

const table: [topic: string, pump: string, ingest: string, api: string, watchdog: string, sim: string][] = [
  [`${own}/up/telemetry`, 'p', 'r', '', '', ''],
  [`${own}/up/alarm`, 'p', 'r', '', '', ''],
  [`${own}/up/event`, 'p', 'r', '', '', ''],
  [`${own}/up/hello`, 'p', 'r', '', '', ''],
  [`${own}/up/reply`, 'p', 'r', '', '', ''],
  [`${own}/up/will`, '', 'r', '', '', ''], // only as a last will
  [`${own}/up/therapy`, '', 'r', '', '', ''],
  [`${own}/up`, '', '', '', '', ''],
  [`${own}/up/+`, '', 'r', '', '', ''],
  [`${own}/down/ack`, 'sr', 'p', '', '', ''],
  [`${own}/down/cmd`, 'sr', 'p', 'p', '', ''],
  [`${own}/down/therapy`, '', '', '', '', ''],
  [`${own}/down/+`, '', '', '', '', ''],
  [`${own}/down/#`, '', '', '', '', ''],
  [`${own}/#`, '', '', '', '', ''],
  ['dw/1/0e/PUMP-0001/up/telemetry', '', 'r', '', '', ''], // the wrong shard is another pump's
  ['dw/1/0e/PUMP-0001/down/ack', '', 'p', '', '', ''],
  [`${other}/up/telemetry`, '', 'r', '', '', ''],
  [`${other}/up/alarm`, '', 'r', '', '', ''],
  [`${other}/down/ack`, '', 'p', '', '', ''],
  [`${other}/down/cmd`, '', 'p', 'p', '', ''],
  ['dw/1/0f/svc-api/down/cmd', '', '', '', '', ''],
  ['dw/1/10/PUMP-0001/down/cmd', '', '', '', '', ''],
  [shardFilter(15), '', 'sr', '', '', ''],
  [shardFilter(0), '', 'sr', '', '', ''],
  ['dw/1/+/+/up/+', '', '', '', '', ''],
  [serviceTopics.livePumps(15), '', 'p', 'r', 'r', ''],
  [serviceTopics.liveAlerts(0), '', 'p', 'r', 'r', ''],
  [serviceTopics.provisional('w1'), '', 'p', 'r', 'r', ''],
  [serviceTopics.canaryEcho('w1'), '', 'p', 'r', 'r', ''],
  [serviceTopics.allLive, '', 'p', 'sr', 'sr', ''],
  [serviceTopics.canary('a1'), '', 'r', 'p', 'p', ''],
  [serviceTopics.allCanaries, '', 'sr', 'p', 'p', ''],
  [serviceTopics.refused, '', 'sr', '', '', ''],
  [serviceTopics.credentials, '', '', 'p', '', ''],
  ['#', '', '', '', '', ''],
  ['+/#', '', '', '', '', ''],
  ['$SYS/#', '', '', '', '', ''],
  ['$SYS/broker/new/clients', '', '', '', '', ''],
  [`$share/g/${shardFilter(15)}`, '', '', '', '', ''],
  [`$share/g/${own}/down/ack`, '', '', '', '', ''],
  ['', '', '', '', '', ''],
];

describe.each(table)('%s', (topic, ...cells) => {
  test.each(Object.keys(accounts).map((name, column) => [name, cells[column] ?? '']))('%s: %s', (name, cell) => {
    const access = accounts[name];
    const may = [
      access?.mayPublish(topic) ? 'p' : '',
      access?.maySubscribe(topic) ? 's' : '',
      access?.mayReceive(topic) ? 'r' : '',
    ].join('');
    expect(may).toBe(cell);
  });
});

test('only a pump may have a last will, and only on its own will topic', () => {
  expect(Object.entries(accounts).map(([name, { willTopic }]) => [name, willTopic])).toEqual([
    ['pump', `${own}/up/will`],
    ['ingest', null],
    ['api', null],
    ['watchdog', null],
    ['sim', null],
  ]);
});

test.each([
  ['a/+/c', 'a/b/c', true],
  ['a/+/c', 'a//c', true],
  ['a/+/c', 'a/b/d', false],
  ['a/+', 'a/b', true],
  ['a/+', 'a/b/c', false],
  ['a/+', 'a', false],
  ['+', 'a', true],
  ['a/b', 'a/b', true],
  ['a/b', 'a/bc', false],
  ['a/bc', 'a/b', false],
])('%s matches %s: %s', (filter, topic, matches) => {
  expect(filterMatches(filter, topic)).toBe(matches);
});
