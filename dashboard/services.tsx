import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import { type Action, may } from '#schemas/http/permissions.ts';
import type { Pump, Session } from '#schemas/http/shapes.ts';
import type { Http } from './http.ts';
import type { Live } from './live.ts';
import type { Sound } from './sound/sound.ts';
import type { BoardAlert, Situation, Store } from './store.ts';

/** What a signed-in screen works with. */
export type Services = {
  http: Http;
  store: Store;
  live: Pick<Live, 'receipts' | 'watch'>;
  sound: Sound;
  session: Session;
  signOut: () => Promise<void>;
};

const Context = createContext<Services | null>(null);

export function ServicesProvider({ services, children }: { services: Services; children: ReactNode }) {
  return <Context value={services}>{children}</Context>;
}

export function useServices(): Services {
  const services = useContext(Context);
  if (services === null) throw new Error('outside of ServicesProvider');
  return services;
}

/** Whether the signed-in role may do an action. */
export function useMay(action: Action): boolean {
  return may(useServices().session.user.role, action);
}

export function useSituation<T>(select: (situation: Situation) => T): T {
  return useStore(useServices().store.situation, select);
}

/** Server time, once a second; null before the first frame. */
export const useNow = (): number | null => useSituation((situation) => situation.now);

export function usePump(id: string | null): Pump | undefined {
  const { pumps } = useServices().store;
  const subscribe = useCallback(
    (tell: () => void) => (id === null ? () => {} : pumps.subscribe(id, tell)),
    [pumps, id],
  );
  return useSyncExternalStore(subscribe, () => (id === null ? undefined : pumps.get(id)));
}

export function usePumps(): readonly Pump[] {
  const { pumps } = useServices().store;
  return useSyncExternalStore(pumps.subscribeAll, pumps.all);
}

export function useBoard(): readonly BoardAlert[] {
  const { alerts } = useServices().store;
  return useSyncExternalStore(alerts.subscribeAll, alerts.all);
}

/** What a technician is told: nothing of it stands on the board. */
export function useTechnical(): readonly BoardAlert[] {
  const { technical } = useServices().store;
  return useSyncExternalStore(technical.subscribeAll, technical.all);
}

/** Reports that an alert stands painted in the page. */
export function useInPage(alert: BoardAlert): void {
  const { receipts } = useServices().live;
  useEffect(() => receipts.inPage(alert.feedSeq), [receipts, alert.feedSeq]);
}

/**
 * The same where only some of the board stands in the page: an alert that came with a snapshot has the snapshot's number,
 * and a receipt for that would say that all of the board was painted.
 */
export function useAloneInPage(alert: BoardAlert): void {
  const { receipts } = useServices().live;
  const { feedSeq, ownSeq } = alert;
  useEffect(() => {
    if (ownSeq) receipts.inPage(feedSeq);
  }, [receipts, feedSeq, ownSeq]);
}

/** Calls `handle` with the newest closure for every key pressed outside of text fields. */
export function useKeys(handle: (key: string, event: KeyboardEvent) => void): void {
  const newest = useRef(handle);
  useEffect(() => {
    newest.current = handle;
  });
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const target = event.target;
      // A field of a window that was just closed has the focus until the next frame, and nobody types into it.
      const typing =
        target instanceof HTMLElement &&
        target.matches('input, textarea, select, [contenteditable]') &&
        target.getClientRects().length > 0;
      if (event.ctrlKey || event.metaKey || event.altKey || (typing && event.key !== 'Escape')) return;
      if (document.querySelector('dialog[open]') !== null) return;
      newest.current(event.key, event);
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, []);
}
