import { useQuery } from '@tanstack/react-query';
import { type OnCallNow, onCallNow } from '#schemas/http/on-call.ts';
import { useMay, useServices } from './services.tsx';

/** Who is on call now and next, and who answers alerts; null until it is known, or for a role that is not told. */
export function useOnCall(): OnCallNow | null {
  const { http } = useServices();
  const allowed = useMay('system.read');
  const { data } = useQuery({
    queryKey: ['on-call', 'now'],
    enabled: allowed,
    refetchInterval: 30_000,
    queryFn: ({ signal }) => http('/on-call/now', onCallNow, { signal }),
  });
  return data ?? null;
}
