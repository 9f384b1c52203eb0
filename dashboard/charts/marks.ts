import type uPlot from 'uplot';
import type { Priority } from '#schemas/messages/record.ts';
import type { Gap } from './columns.ts';
import type { Palette } from './palette.ts';

/** An alert or alarm on the time axis, milliseconds since 1970. */
export type Marker = { at: number; priority: Priority; words: string };

/** Hatches the stretches without data, so that nothing looks like a quiet line. */
export function drawGaps(chart: uPlot, gaps: readonly Gap[], palette: Palette): void {
  const { ctx, bbox } = chart;
  const step = 8 * devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = palette.hatch;
  ctx.globalAlpha = 0.5;
  ctx.lineWidth = devicePixelRatio;
  for (const gap of gaps) {
    const left = Math.max(bbox.left, chart.valToPos(gap.from, 'x', true));
    const right = Math.min(bbox.left + bbox.width, chart.valToPos(gap.to, 'x', true));
    if (right - left < 1) continue;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, bbox.top, right - left, bbox.height);
    ctx.clip();
    ctx.beginPath();
    for (let x = left - bbox.height; x < right; x += step) {
      ctx.moveTo(x, bbox.top + bbox.height);
      ctx.lineTo(x + bbox.height, bbox.top);
    }
    ctx.stroke();
    ctx.restore();
  }
  ctx.restore();
}

/** A line and the priority's shape for every alert. */
export function drawMarkers(chart: uPlot, markers: readonly Marker[], palette: Palette): void {
  const { ctx, bbox } = chart;
  const size = 5 * devicePixelRatio;
  ctx.save();
  for (const marker of markers) {
    const x = chart.valToPos(marker.at, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    const y = bbox.top + size + 1;
    ctx.strokeStyle = palette.ink;
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.fillStyle = palette[marker.priority];
    ctx.beginPath();
    if (marker.priority === 'low') ctx.arc(x, y, size, 0, 2 * Math.PI);
    else if (marker.priority === 'high') triangle(ctx, x, y, size);
    else diamond(ctx, x, y, size);
    ctx.fill();
    ctx.stroke();
  }
  ctx.restore();
}

function triangle(ctx: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  ctx.moveTo(x, y - size);
  ctx.lineTo(x + size, y + size);
  ctx.lineTo(x - size, y + size);
  ctx.closePath();
}

function diamond(ctx: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  ctx.moveTo(x, y - size);
  ctx.lineTo(x + size, y);
  ctx.lineTo(x, y + size);
  ctx.lineTo(x - size, y);
  ctx.closePath();
}
