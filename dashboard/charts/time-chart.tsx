import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { amount, dayAndTime, timeOfDay } from '../words.ts';
import type { Gap } from './columns.ts';
import { drawGaps, drawMarkers, type Marker } from './marks.ts';
import { type Palette, readPalette } from './palette.ts';
import styles from './time-chart.module.css';

/** One measured value; `band` is what it swung between inside each bucket. */
export type Series = {
  label: string;
  values: readonly (number | null)[];
  band?: { min: readonly (number | null)[]; max: readonly (number | null)[] };
  look: 'line' | 'step' | 'thin';
};

type Props = {
  title: string;
  unit: string;
  t: readonly number[];
  late: readonly boolean[];
  series: readonly Series[];
  gaps: readonly Gap[];
  markers: readonly Marker[];
  /** Milliseconds since 1970. */
  from: number;
  to: number;
  fixed?: { min: number; max: number };
  /** A drag chose this stretch. */
  onSelect: (from: number, to: number) => void;
  syncKey: string;
};

type Drawn = Pick<Props, 'gaps' | 'markers' | 'onSelect'>;

/** A chart on the page's common time axis. Gaps are hatched, late values dotted, alerts marked. */
export function TimeChart(props: Props) {
  const { title, unit, t, late, series, gaps, markers, from, to, fixed, onSelect, syncKey } = props;
  const place = useRef<HTMLDivElement>(null);
  const readout = useRef<HTMLSpanElement>(null);
  const chart = useRef<uPlot | null>(null);
  const drawn = useRef<Drawn>({ gaps, markers, onSelect });
  const theme = useThemeCount();
  const shape = series.map(({ label, look, band }) => `${label}/${look}/${band !== undefined}`).join('|');

  useEffect(() => {
    drawn.current = { gaps, markers, onSelect };
  }, [gaps, markers, onSelect]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` and `theme` say when the chart must be made anew
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const made = new uPlot(optionsOf(series, unit, syncKey, fixed, readPalette(), drawn, readout), [[]], element);
    chart.current = made;
    const sized = new ResizeObserver(() => {
      made.setSize({ width: Math.max(120, element.clientWidth), height: element.clientHeight });
    });
    sized.observe(element);
    return () => {
      sized.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [shape, unit, syncKey, theme]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a chart made anew needs its data again
  useEffect(() => {
    const made = chart.current;
    if (made === null) return;
    made.batch(() => {
      made.setData(dataOf(t, late, series, gaps), false);
      made.setScale('x', { min: from, max: to });
    });
  }, [t, late, series, gaps, from, to, shape, theme]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: markers are drawn by a hook
  useEffect(() => chart.current?.redraw(false), [markers]);

  const lastValues = series.map(({ label, values }) => {
    const known = values.findLast((value) => value !== null);
    return `${label} ${known === null || known === undefined ? 'not known' : `${amount(known)} ${unit}`}`;
  });
  return (
    <figure className={styles.chart}>
      <figcaption className={styles.title}>
        <strong>{title}</strong>
        <span className="muted small">{unit}</span>
        <span className={styles.legend}>
          {series.map(({ label, look }) => (
            <span key={label}>
              <i data-look={look} /> {label}
            </span>
          ))}
        </span>
        <span ref={readout} className={styles.readout} />
      </figcaption>
      <div ref={place} className={styles.place} role="img" aria-label={`${title}: last ${lastValues.join(', ')}`} />
    </figure>
  );
}

/** Grows with every change of light and dark. */
function useThemeCount(): number {
  const [times, setTimes] = useState(0);
  useEffect(() => {
    const changed = () => setTimes((before) => before + 1);
    document.addEventListener('themechange', changed);
    return () => document.removeEventListener('themechange', changed);
  }, []);
  return times;
}

/** Columns for uPlot: lines broken at gaps; per series its values, its late values apart, and its band. */
function dataOf(
  t: readonly number[],
  late: readonly boolean[],
  series: readonly Series[],
  gaps: readonly Gap[],
): uPlot.AlignedData {
  const breaks = new Set(gaps.map((gap) => gap.from));
  const x: number[] = [];
  const source: number[] = [];
  t.forEach((at, i) => {
    x.push(at);
    source.push(i);
    if (!breaks.has(at)) return;
    x.push(at + 1);
    source.push(-1);
  });
  const pick = (values: readonly (number | null)[], keep: (i: number) => boolean = () => true) =>
    source.map((i) => (i >= 0 && keep(i) ? (values[i] ?? null) : null));
  const isLate = (i: number) => late[i] === true;
  const columns = series.flatMap(({ values, band }) => {
    const own = [pick(values, (i) => !isLate(i)), pick(values, isLate)];
    return band === undefined ? own : [...own, pick(band.max), pick(band.min)];
  });
  return [x, ...columns];
}

function optionsOf(
  series: readonly Series[],
  unit: string,
  syncKey: string,
  fixed: Props['fixed'],
  palette: Palette,
  drawn: { current: Drawn },
  readout: { current: HTMLSpanElement | null },
): uPlot.Options {
  const stroke = { line: palette.link, step: palette.ink, thin: palette.ink2 };
  const all: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  for (const { look, band } of series) {
    const paths = look === 'step' ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
    all.push({
      stroke: stroke[look],
      width: look === 'thin' ? 1 : 2,
      points: { show: false },
      ...(paths && { paths }),
    });
    all.push({ stroke: stroke[look], width: 0, points: { show: true, size: 4, fill: palette.surface } });
    if (band === undefined) continue;
    bands.push({ series: [all.length, all.length + 1], fill: `${palette.ink2}44` });
    all.push({ width: 0, points: { show: false } }, { width: 0, points: { show: false } });
  }
  const axis = {
    stroke: palette.ink2,
    grid: { stroke: palette.line, width: 1 },
    ticks: { stroke: palette.line },
    font: '12px system-ui',
  };
  return {
    width: 300,
    height: 150,
    ms: 1,
    legend: { show: false },
    cursor: { sync: { key: syncKey }, drag: { x: true, y: false, setScale: false }, points: { show: false } },
    scales: { x: { time: true, auto: false }, y: { range: rangeOf(fixed) } },
    axes: [
      { ...axis, values: axisTimes, space: 72, size: 28 },
      { ...axis, size: 52 },
    ],
    series: all,
    bands,
    hooks: {
      drawClear: [(chart) => drawGaps(chart, drawn.current.gaps, palette)],
      draw: [(chart) => drawMarkers(chart, drawn.current.markers, palette)],
      setSelect: [
        (chart) => {
          const { left, width } = chart.select;
          if (width < 6) return;
          drawn.current.onSelect(chart.posToVal(left, 'x'), chart.posToVal(left + width, 'x'));
          chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
      setCursor: [
        (chart) => {
          if (readout.current !== null) readout.current.textContent = valueAt(chart, series, unit);
        },
      ],
    },
  };
}

/** Times of day; with the day once the axis spans more than one. */
function axisTimes(chart: uPlot, splits: number[]): string[] {
  const { min = 0, max = 0 } = chart.scales.x ?? {};
  const long = (max ?? 0) - (min ?? 0) > 20 * 3_600_000;
  return splits.map((at) => (long ? dayAndTime(at) : timeOfDay(at, at)));
}

function rangeOf(fixed: Props['fixed']): uPlot.Range.Function {
  return (_chart, min, max) => {
    if (fixed !== undefined) return [fixed.min, fixed.max];
    if (min === null || max === null) return [0, 1];
    const top = Math.max(max, 0);
    const bottom = Math.min(min, 0);
    const room = (top - bottom || 1) * 0.1;
    return [bottom < 0 ? bottom - room : 0, top + room];
  };
}

function valueAt(chart: uPlot, series: readonly Series[], unit: string): string {
  const { idx } = chart.cursor;
  const at = idx === null || idx === undefined ? undefined : chart.data[0][idx];
  if (idx === null || idx === undefined || at === undefined) return '';
  let column = 1;
  const words = series.map(({ label, band }) => {
    const value = chart.data[column]?.[idx] ?? chart.data[column + 1]?.[idx];
    column += band === undefined ? 2 : 4;
    return typeof value === 'number' ? `${label} ${amount(value)} ${unit}` : `${label} –`;
  });
  return `${new Date(at).toLocaleTimeString()}  ${words.join(' · ')}`;
}
