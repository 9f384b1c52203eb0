/** Stretches of time that a pump's charts can show. */
export const ranges = [
  { key: '15m', name: '15 min', ms: 15 * 60_000 },
  { key: '2h', name: '2 h', ms: 2 * 3_600_000 },
  { key: '24h', name: '24 h', ms: 24 * 3_600_000 },
  { key: '7d', name: '7 d', ms: 7 * 24 * 3_600_000 },
] as const;
export type RangeKey = (typeof ranges)[number]['key'];

/** What the charts show: the live edge, or a stretch that a drag chose. */
export type View =
  | { at: 'live'; key: RangeKey; ms: number }
  | { at: 'paused'; from: number; to: number; key: RangeKey };

/** Reads a view from the URL; whatever is not readable is the last quarter of an hour, live. */
export function readView(params: URLSearchParams): View {
  const range = ranges.find(({ key }) => key === params.get('range')) ?? ranges[0];
  const from = Number(params.get('from'));
  const to = Number(params.get('to'));
  if (params.has('from') && Number.isFinite(from) && Number.isFinite(to) && from > 0 && to - from >= 1000) {
    return { at: 'paused', from, to, key: range.key };
  }
  return { at: 'live', key: range.key, ms: range.ms };
}
