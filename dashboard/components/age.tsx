import { useNow } from '../services.tsx';
import { duration, timeOfDay } from '../words.ts';

/** How long ago `at` (server time, RFC 3339 or milliseconds) was, counted on each second. */
export function Age({ at, prefix = '' }: { at: string | number | null; prefix?: string }) {
  const now = useNow();
  if (at === null || now === null) return <span className="muted">–</span>;
  const ms = typeof at === 'number' ? at : Date.parse(at);
  return (
    <time dateTime={new Date(ms).toISOString()} className="nowrap" title={new Date(ms).toLocaleString()}>
      {prefix}
      {duration(now - ms)}
    </time>
  );
}

/** A time of day in the viewer's zone. */
export function At({ at }: { at: string | number }) {
  const now = useNow();
  const ms = typeof at === 'number' ? at : Date.parse(at);
  return (
    <time dateTime={new Date(ms).toISOString()} className="nowrap" title={new Date(ms).toLocaleString()}>
      {timeOfDay(ms, now ?? ms)}
    </time>
  );
}
