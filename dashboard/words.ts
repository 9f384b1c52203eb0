// How numbers, times and states are said on screen (product.md, "Words"): leading zero, no trailing zero, unit and age.

const number1 = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const number2 = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });
const number3 = new Intl.NumberFormat('en', { maximumFractionDigits: 3 });
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const clockSeconds = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const dayClock = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** A rate or volume: three decimals below 1, two below 10, one below 1,000; never a trailing zero. */
export function amount(value: number): string {
  const size = Math.abs(value);
  if (size < 1) return number3.format(value);
  if (size < 10) return number2.format(value);
  return size < 1000 ? number1.format(value) : whole.format(value);
}

export const count = (value: number): string => whole.format(value);

/** `4 s`, `1 min 12 s`, `3 h 58 min`, `2 d 4 h`. Below zero counts as zero. */
export function duration(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return `${s} s`;
  const min = Math.floor(s / 60);
  if (min < 10) return s % 60 === 0 ? `${min} min` : `${min} min ${s % 60} s`;
  if (min < 60) return `${min} min`;
  const h = Math.floor(min / 60);
  if (h < 48) return min % 60 === 0 ? `${h} h` : `${h} h ${min % 60} min`;
  const d = Math.floor(h / 24);
  return h % 24 === 0 ? `${d} d` : `${d} d ${h % 24} h`;
}

/** `0.2 s` below ten seconds, else as `duration`. */
export const shortAge = (ms: number): string =>
  ms < 10_000 ? `${number1.format(Math.max(0, ms) / 1000)} s` : duration(ms);

/** Time of day in the viewer's zone; with the day when it is not within 18 h of `now`. */
export function timeOfDay(at: number, now: number): string {
  return Math.abs(now - at) < 18 * 3_600_000 ? clock.format(at) : dayClock.format(at);
}

export const timeWithSeconds = (at: number): string => clockSeconds.format(at);
const dayClockSeconds = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
export const dayAndTimeWithSeconds = (at: number): string => dayClockSeconds.format(at);
/** The viewer's zone at that time, such as `GMT+1`: what is printed is read elsewhere too. */
export function zoneOf(at: number): string {
  const parts = new Intl.DateTimeFormat(undefined, { timeZoneName: 'short' }).formatToParts(at);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
}
export const dayAndTime = (at: number): string => dayClock.format(at);

const states: Record<string, string> = {
  delivering: 'Running',
  kvo: 'Keep-vein-open',
  paused: 'Paused',
  stopped: 'Stopped',
  complete: 'Complete',
  standby: 'Standby',
  alarm: 'Alarm',
};

/** A pump's state in one word; an unknown one as the pump says it. */
export function stateWord(state: string | null): string {
  if (state === null) return 'No state yet';
  return states[state] ?? state;
}

const priorityWords = { high: 'HIGH', medium: 'MEDIUM', low: 'LOW' } as const;
export const priorityWord = (priority: keyof typeof priorityWords): string => priorityWords[priority];

/** `1 pump`, `2 pumps`. */
export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

/** A record's or status's machine name in plain words: `at-patient` → `at patient`. */
export const plain = (name: string): string => name.replaceAll('-', ' ');

/** A value of somebody else's making in one line. */
export function inOneLine(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'number') return amount(value);
  if (typeof value === 'string') return value;
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : JSON.stringify(value);
}
