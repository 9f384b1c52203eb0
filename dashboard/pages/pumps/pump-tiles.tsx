import { memo, type ReactNode, useCallback, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { Pump } from '#schemas/http/shapes.ts';
import type { Priority } from '#schemas/messages/record.ts';
import { useNow } from '../../services.tsx';
import { count } from '../../words.ts';
import { PumpCard } from './pump-card.tsx';
import { isOld, type PumpGroup } from './pump-groups.ts';
import styles from './pump-tiles.module.css';

type Urgent = ReadonlyMap<string, Priority>;
/** Where the card of the tile under the pointer or focus stands. */
type Pointed = { id: string; left: number; top: number };

const perChunk = 250;

/**
 * A 12-px square per pump. Tiles are plain links in chunks that the browser skips while off screen; one listener serves
 * them all, and a tile is drawn again only when its own look changes.
 */
export function PumpTiles({ groups, urgent }: { groups: readonly PumpGroup[]; urgent: Urgent }) {
  const now = useNow();
  const [, navigate] = useLocation();
  const wall = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState<Pointed | null>(null);

  const point = useCallback((target: EventTarget) => {
    const tile = target instanceof Element ? target.closest<HTMLElement>('[data-pump]') : null;
    const id = tile?.dataset.pump;
    const box = wall.current?.getBoundingClientRect();
    if (tile === null || id === undefined || box === undefined) return setPointed(null);
    const at = tile.getBoundingClientRect();
    const left = Math.max(0, Math.min(at.left - box.left, box.width - 300));
    setPointed({ id, left, top: at.bottom - box.top + 6 });
  }, []);

  return (
    <div className={styles.wall} ref={wall}>
      <Legend />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: one listener for thousands of links, which stay links */}
      <div
        onMouseOver={(event) => point(event.target)}
        onFocus={(event) => point(event.target)}
        onMouseLeave={() => setPointed(null)}
        onBlur={() => setPointed(null)}
        onClick={(event) => {
          const tile = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[data-pump]') : null;
          if (tile === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          navigate(tile.pathname);
        }}
        onKeyDown={moveFocus}
      >
        {groups.map((group) => (
          <section key={group.kind} className={styles.group} aria-label={`${group.name}: ${group.pumps.length}`}>
            <h2>
              {group.name} <span className="muted">{count(group.pumps.length)}</span>
            </h2>
            {chunks(group.pumps).map((chunk) => (
              <div key={chunk[0]?.id} className={styles.tiles}>
                {chunk.map((pump) => (
                  <Tile
                    key={pump.id}
                    id={pump.id}
                    kind={group.kind}
                    words={`${pump.id}, ${group.name}${pump.drug === null ? '' : `, ${pump.drug}`}`}
                    old={isOld(pump, now)}
                    priority={urgent.get(pump.id) ?? null}
                  />
                ))}
              </div>
            ))}
          </section>
        ))}
      </div>
      {pointed !== null && <PumpCard id={pointed.id} left={pointed.left} top={pointed.top} />}
    </div>
  );
}

type TileProps = { id: string; kind: string; words: string; old: boolean; priority: Priority | null };

const Tile = memo(function Tile({ id, kind, words, old, priority }: TileProps): ReactNode {
  const name = `${words}${priority === null ? '' : `, ${priority} alert`}${old ? ', last known' : ''}`;
  return (
    <a
      href={`/pumps/${encodeURIComponent(id)}`}
      className={styles.tile}
      data-pump={id}
      data-kind={kind}
      data-old={old}
      data-priority={priority ?? undefined}
      aria-label={name}
    >
      {priority === 'high' ? '▲' : priority === 'medium' ? '◆' : priority === 'low' ? '●' : ''}
    </a>
  );
});

function Legend() {
  return (
    <p className={styles.legend}>
      <span>
        <i className={styles.tile} data-kind="delivering" /> running
      </span>
      <span>
        <i className={styles.tile} data-kind="stopped" /> not running
      </span>
      <span>
        <i className={styles.tile} data-kind="silent" data-old="true" /> silent or last known
      </span>
      <span>▲ ◆ ● alert nobody has</span>
    </p>
  );
}

function chunks(pumps: readonly Pump[]): Pump[][] {
  const all: Pump[][] = [];
  for (let from = 0; from < pumps.length; from += perChunk) all.push(pumps.slice(from, from + perChunk));
  return all;
}

/** Arrow keys walk from tile to tile. */
function moveFocus(event: React.KeyboardEvent<HTMLElement>): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step === undefined) return;
  const tiles = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-pump]')];
  const at = tiles.findIndex((tile) => tile.matches(':focus'));
  const next = tiles[at + step];
  if (at < 0 || next === undefined) return;
  event.preventDefault();
  next.focus();
}
