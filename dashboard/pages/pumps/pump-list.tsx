import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import type { Pump } from '#schemas/http/shapes.ts';
import type { Priority } from '#schemas/messages/record.ts';
import { Age } from '../../components/age.tsx';
import { PriorityMark } from '../../components/priority-mark.tsx';
import { useNow, usePump } from '../../services.tsx';
import { amount } from '../../words.ts';
import { Drug } from '../alerts/alert-words.tsx';
import { isOld, kindOf, kinds, type PumpGroup } from './pump-groups.ts';
import styles from './pump-list.module.css';

const rowHeight = 44;

/** The same pumps in rows; only those in sight are in the page. */
export function PumpList({ groups, urgent }: { groups: readonly PumpGroup[]; urgent: ReadonlyMap<string, Priority> }) {
  const pumps = groups.flatMap((group) => group.pumps);
  const list = useRef<HTMLDivElement>(null);
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => setOffset(list.current?.offsetTop ?? 0), []);
  const rows = useWindowVirtualizer({
    count: pumps.length,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: offset,
    getItemKey: (index) => pumps[index]?.id ?? index,
  });
  return (
    // biome-ignore lint/a11y/useSemanticElements: a real table can't hold rows that are placed by hand
    <div role="table" aria-label="Pumps" aria-rowcount={pumps.length + 1} className={styles.table}>
      {/* biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: as above */}
      <div role="row" className={styles.head}>
        {['Pump', 'Drug', 'State', 'Rate', 'Sample', 'Battery', 'Records'].map((name) => (
          // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: as above
          <span role="columnheader" key={name}>
            {name}
          </span>
        ))}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div role="rowgroup" ref={list} className={styles.rows} style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((item) => {
          const pump = pumps[item.index];
          if (pump === undefined) return null;
          const top = item.start - rows.options.scrollMargin;
          return <Row key={item.key} id={pump.id} index={item.index} top={top} priority={urgent.get(pump.id)} />;
        })}
      </div>
    </div>
  );
}

function Row({ id, index, top, priority }: { id: string; index: number; top: number; priority: Priority | undefined }) {
  const pump = usePump(id);
  const now = useNow();
  if (pump === undefined) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: as above
    <div
      role="row"
      aria-rowindex={index + 2}
      className={styles.row}
      data-old={isOld(pump, now)}
      style={{ top, height: rowHeight }}
    >
      <Cell>
        <Link href={`/pumps/${encodeURIComponent(id)}`}>{id}</Link>
        {priority !== undefined && <PriorityMark priority={priority} word={false} />}
      </Cell>
      <Cell>
        <Drug name={pump.drug} />
      </Cell>
      <Cell>{stateOf(pump)}</Cell>
      <Cell>
        <span className="nowrap">{pump.rateMlPerH === null ? '–' : `${amount(pump.rateMlPerH)} mL/h`}</span>
      </Cell>
      <Cell>
        <Age at={pump.lastSampleAt} />
      </Cell>
      <Cell>{pump.batteryPct === null ? '–' : `${amount(pump.batteryPct)} %`}</Cell>
      <Cell>{pump.missing === 0 ? 'complete' : `${pump.missing} missing`}</Cell>
    </div>
  );
}

function Cell({ children }: { children: React.ReactNode }) {
  // biome-ignore lint/a11y/useSemanticElements: a real cell belongs to a real table
  return <span role="cell">{children}</span>;
}

function stateOf(pump: Pump): string {
  const kind = kindOf(pump);
  return kinds.find((group) => group.kind === kind)?.name ?? kind;
}
