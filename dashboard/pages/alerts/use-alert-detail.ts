import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type AlertDetail, alertDetail } from '#schemas/http/alert.ts';
import { useServices } from '../../services.tsx';
import type { BoardAlert } from '../../store.ts';

/** A change is looked up once it has stood for so long: an alert that flaps asks for nothing. */
const settledAfterMs = 400;

/** What an open card says beyond the feed: the order beside the programme, what people did. null until it is there. */
export function useAlertDetail(alert: BoardAlert): AlertDetail | null {
  const { http } = useServices();
  const revision = useSettled(alert.feedSeq);
  const { data } = useQuery({
    queryKey: ['alert', alert.id, revision],
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => http(`/alerts/${encodeURIComponent(alert.id)}`, alertDetail, { signal }),
  });
  return data?.id === alert.id ? data : null;
}

function useSettled(value: number): number {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), settledAfterMs);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
