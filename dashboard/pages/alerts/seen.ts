import * as z from 'zod';
import { RequestError } from '../../http.ts';
import { useMay, useServices } from '../../services.tsx';
import type { BoardAlert } from '../../store.ts';

/** Says to the server that a person's gesture opened this alert. Resolves to what went wrong, in words, or null. */
export function useSeen(): (alert: BoardAlert) => Promise<string | null> {
  const { http, live } = useServices();
  const mayAnswer = useMay('alert.answer');
  return async (alert) => {
    if (!mayAnswer || alert.hops.seenAt !== null) return null;
    if (alert.ownSeq) {
      live.receipts.seen(alert.feedSeq);
      return null;
    }
    // A snapshot's number is its head, which may belong to another alert: then the alert is named by its id.
    try {
      await http(`/alerts/${encodeURIComponent(alert.id)}/seen`, z.unknown(), { method: 'POST', body: {} });
      return null;
    } catch (error) {
      if (error instanceof RequestError) return error.message;
      throw error;
    }
  };
}
