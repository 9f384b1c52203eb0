import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { type Pump, telemetry } from '#schemas/http/shapes.ts';
import { type Columns, joinLive } from '../../charts/columns.ts';
import { usePump, useServices } from '../../services.tsx';
import type { View } from './ranges.ts';

const points = 600;
const mostLive = 2_000;

type Shown = { columns: Columns | null; error: unknown; retry: () => void };

/** A pump's history and, at the live edge, its samples as they come. */
export function useTelemetry(pumpId: string, view: View): Shown {
  const { http, store } = useServices();
  const live = useLiveSamples(pumpId);
  const query = useQuery({
    queryKey: ['telemetry', pumpId, view],
    placeholderData: keepPreviousData,
    refetchInterval: view.at === 'live' ? Math.max(15_000, view.ms / points) : false,
    queryFn: ({ signal }) => {
      const span = view.at === 'paused' ? spanOf(view.from, view.to) : liveSpan(store.clock.now(), view.ms);
      const params = new URLSearchParams({ points: String(points), ...span });
      return http(`/pumps/${encodeURIComponent(pumpId)}/telemetry?${params}`, telemetry, { signal });
    },
  });
  const history = query.data;
  const isLive = view.at === 'live';
  const columns = useMemo(
    () => (history === undefined ? null : joinLive(history, isLive ? live : [])),
    [history, live, isLive],
  );
  return {
    columns,
    error: query.error,
    retry: () => void query.refetch(),
  };
}

function spanOf(from: number, to: number): Record<string, string> {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

/** Before the first frame the server's own "now" ends the span. */
function liveSpan(now: number | null, ms: number): Record<string, string> {
  return now === null ? {} : spanOf(now - ms, now + 1000);
}

/** Samples of one pump since the page was opened, oldest first. */
function useLiveSamples(pumpId: string): readonly Pump[] {
  const pump = usePump(pumpId);
  const [samples, setSamples] = useState<readonly Pump[]>([]);
  const { live } = useServices();
  useEffect(() => {
    live.watch([pumpId]);
    return () => live.watch([]);
  }, [live, pumpId]);
  useEffect(() => {
    if (pump === undefined) return;
    setSamples((before) =>
      before.at(-1)?.lastSampleAt === pump.lastSampleAt ? before : [...before.slice(-mostLive), pump],
    );
  }, [pump]);
  return samples;
}
