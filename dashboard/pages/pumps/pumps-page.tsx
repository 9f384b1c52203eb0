import { useDeferredValue, useMemo } from 'react';
import { useSearchParams } from 'wouter';
import { Empty, Loading } from '../../components/states.tsx';
import { useBoard, usePumps, useSituation } from '../../services.tsx';
import { needsSomebody } from '../../sound/signal.ts';
import { count } from '../../words.ts';
import { groupPumps, pumpMatches } from './pump-groups.ts';
import { PumpList } from './pump-list.tsx';
import { PumpTiles } from './pump-tiles.tsx';
import styles from './pumps-page.module.css';

/** The live wall: every pump at once. */
export function PumpsPage() {
  const pumps = usePumps();
  const board = useBoard();
  const loaded = useSituation((situation) => situation.loaded);
  const [params, setParams] = useSearchParams();
  const words = params.get('q') ?? '';
  const asList = params.get('view') === 'list';
  const wanted = useDeferredValue(words);
  const found = useMemo(
    () => (wanted === '' ? pumps : pumps.filter((pump) => pumpMatches(pump, wanted))),
    [pumps, wanted],
  );
  const groups = useMemo(() => groupPumps(found), [found]);
  const urgent = useMemo(() => {
    const byPump = new Map<string, 'high' | 'medium' | 'low'>();
    for (const priority of ['low', 'medium', 'high'] as const) {
      for (const alert of board) {
        if (alert.priority === priority && alert.pump !== null && needsSomebody(alert))
          byPump.set(alert.pump, priority);
      }
    }
    return byPump;
  }, [board]);

  function change(name: string, value: string): void {
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === '') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  }

  return (
    <>
      <header className={styles.header}>
        <h1>
          Pumps <span className="muted">{count(found.length)}</span>
        </h1>
        <div className={styles.tools}>
          <input
            type="search"
            value={words}
            placeholder="Pump, drug, state (/)"
            aria-label="Filter pumps"
            onChange={(event) => change('q', event.target.value)}
          />
          <fieldset className={styles.toggle}>
            <legend className="visually-hidden">Show as</legend>
            <button type="button" aria-pressed={!asList} onClick={() => change('view', '')}>
              Tiles
            </button>
            <button type="button" aria-pressed={asList} onClick={() => change('view', 'list')}>
              List
            </button>
          </fieldset>
        </div>
      </header>
      {!loaded && pumps.length === 0 && <Loading what="pumps" lines={8} />}
      {loaded && pumps.length === 0 && (
        <Empty title="No pump yet">
          <p>A pump appears here once it is provisioned. Technicians do that over the interface: POST /api/v1/pumps.</p>
        </Empty>
      )}
      {pumps.length > 0 && found.length === 0 && (
        <Empty title={`No pump matches “${wanted}”`}>
          <button type="button" onClick={() => change('q', '')}>
            Show all {count(pumps.length)}
          </button>
        </Empty>
      )}
      {found.length > 0 &&
        (asList ? <PumpList groups={groups} urgent={urgent} /> : <PumpTiles groups={groups} urgent={urgent} />)}
    </>
  );
}
