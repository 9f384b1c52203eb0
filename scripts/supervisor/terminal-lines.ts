import * as z from 'zod';

const warnLevel = 40;

const logLine = z.object({
  level: z.number(),
  msg: z.string().optional(),
  err: z.object({ message: z.string() }).optional(),
});

/**
 * What of a service's log line belongs on the terminal: the words of a warning or an error, null for all else. A line
 * that is not JSON is somebody's last words and is shown whole.
 */
export function lineForTerminal(line: string): string | null {
  if (line.trim() === '') return null;
  let content: unknown;
  try {
    content = JSON.parse(line);
  } catch {
    return line;
  }
  const parsed = logLine.safeParse(content);
  if (!parsed.success) return line;
  const { level, msg, err } = parsed.data;
  if (level < warnLevel) return null;
  const words = [msg, err?.message].filter((part) => part !== undefined && part !== '');
  const text = [...new Set(words)].join(': ');
  return text === '' ? null : text;
}

/**
 * Passes lines on, but the same line at most once in `everyMs`: a service that fails in a loop must not bury the rest.
 */
export function calmly(
  print: (line: string) => void,
  { everyMs, now }: { everyMs: number; now: () => number },
): (line: string) => void {
  const shown = new Map<string, { at: number; hidden: number }>();
  return (line) => {
    // Numbers differ from one repetition to the next.
    const kind = line.replace(/\d+/g, '#');
    const before = shown.get(kind);
    if (before !== undefined && now() - before.at < everyMs) {
      before.hidden += 1;
      return;
    }
    print(before === undefined || before.hidden === 0 ? line : `${line} (and ${before.hidden} more like it)`);
    shown.set(kind, { at: now(), hidden: 0 });
    if (shown.size > 200) shown.clear();
  };
}
