import { type PointerEvent, useEffect, useRef, useState } from 'react';
import { dayAndTime, timeOfDay, timeWithSeconds } from '../../words.ts';
import { type Block, type Lane, type Point, ticksOf } from './lanes.ts';
import styles from './timeline.module.css';

type Props = { lanes: readonly Lane[]; from: number; to: number; onZoom: (from: number, to: number) => void };

const laneHeight = 40;
const labelWidth = 108;
const axisHeight = 24;

/** Lanes on one time axis. A drag zooms; the same stands in the table underneath for everybody else. */
export function Timeline({ lanes, from, to, onZoom }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(800);
  const [brush, setBrush] = useState<{ a: number; b: number } | null>(null);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const sized = new ResizeObserver(() => setWidth(Math.max(240, element.clientWidth)));
    sized.observe(element);
    return () => sized.disconnect();
  }, []);

  const plot = width - labelWidth - 8;
  const x = (at: number) => labelWidth + ((at - from) / (to - from)) * plot;
  const height = lanes.length * laneHeight + axisHeight;
  const ticks = ticksOf(from, to, Math.max(2, Math.floor(plot / 90)));
  const seconds = to - from < 10 * 60_000;

  const timeAt = (event: PointerEvent<SVGSVGElement>) => {
    const left = event.clientX - event.currentTarget.getBoundingClientRect().left;
    return from + (Math.min(Math.max(left - labelWidth, 0), plot) / plot) * (to - from);
  };

  return (
    <div ref={box} className={styles.box}>
      <svg
        width={width}
        height={height}
        role="img"
        aria-label={`Timeline from ${dayAndTime(from)} to ${dayAndTime(to)}; the table below holds the same`}
        className={styles.svg}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setBrush({ a: timeAt(event), b: timeAt(event) });
        }}
        onPointerMove={(event) => brush !== null && setBrush({ ...brush, b: timeAt(event) })}
        onPointerCancel={() => setBrush(null)}
        onPointerUp={() => {
          if (brush !== null && Math.abs(x(brush.b) - x(brush.a)) > 6)
            onZoom(Math.min(brush.a, brush.b), Math.max(brush.a, brush.b));
          setBrush(null);
        }}
      >
        <defs>
          <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="2" height="6" className={styles.hatch} />
          </pattern>
          <clipPath id="plot">
            <rect x={labelWidth} y="0" width={plot} height={height} />
          </clipPath>
        </defs>
        {ticks
          .filter((tick) => x(tick) < width - 28)
          .map((tick) => (
            <g key={tick}>
              <line x1={x(tick)} x2={x(tick)} y1="0" y2={lanes.length * laneHeight} className={styles.grid} />
              <text x={x(tick)} y={height - 7} textAnchor="middle" className={styles.tick}>
                {seconds ? timeWithSeconds(tick) : timeOfDay(tick, to)}
              </text>
            </g>
          ))}
        {lanes.map((lane, i) => (
          <g key={lane.name} transform={`translate(0 ${i * laneHeight})`}>
            <line x1="0" x2={width} y1={laneHeight} y2={laneHeight} className={styles.rule} />
            <text x="4" y={laneHeight / 2 + 4} className={styles.name}>
              {lane.name}
            </text>
            <g clipPath="url(#plot)">
              {lane.blocks.map((block) => (
                <BlockShape key={`${block.from} ${block.words}`} block={block} x={x} />
              ))}
              {lane.points.map((point) => (
                <PointShape key={`${point.at} ${point.words}`} point={point} x={x(point.at)} />
              ))}
            </g>
          </g>
        ))}
        {brush !== null && (
          <rect
            x={Math.min(x(brush.a), x(brush.b))}
            width={Math.abs(x(brush.b) - x(brush.a))}
            y="0"
            height={lanes.length * laneHeight}
            className={styles.brush}
          />
        )}
      </svg>
    </div>
  );
}

function BlockShape({ block, x }: { block: Block; x: (at: number) => number }) {
  const full = laneHeight - 8;
  const height = Math.max(3, full * block.level);
  const left = x(block.from);
  return (
    <rect
      x={left}
      width={Math.max(1.5, x(block.to) - left)}
      y={laneHeight - 4 - height}
      height={height}
      className={styles.block}
      data-look={block.look}
    >
      <title>{block.words}</title>
    </rect>
  );
}

function PointShape({ point, x }: { point: Point; x: number }) {
  const y = laneHeight / 2;
  const look = { className: styles.point, 'data-look': point.look, 'data-late': point.late };
  const title = <title>{`${timeWithSeconds(point.at)} ${point.words}`}</title>;
  if (point.look === 'high') {
    return (
      <path d={`M${x} ${y - 7}l7 13h-14z`} {...look}>
        {title}
      </path>
    );
  }
  if (point.look === 'medium') {
    return (
      <path d={`M${x} ${y - 7}l7 7-7 7-7-7z`} {...look}>
        {title}
      </path>
    );
  }
  return (
    <circle cx={x} cy={y} r="5" {...look}>
      {title}
    </circle>
  );
}
