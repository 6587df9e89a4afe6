import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { type Curve, type EvaluationPoint, figure } from "./metrics.js";
import { colourOf, dashOf } from "./slots.js";

/** What is drawn of one run. */
export interface PlottedRun {
  slot: number;
  curve: Curve;
  evaluations: readonly EvaluationPoint[];
}

export interface PlotOptions {
  place: HTMLElement;
  /** In pixels, axes included. */
  height: number;
  /** Slots of the runs, in their order. */
  slots: readonly number[];
  /** What is drawn now; asked at every drawing. */
  plotted: () => readonly PlottedRun[];
  /** The last step of all charts that belong together. */
  lastStep: () => number;
  /** The step under the pointer; null when it has left. */
  onHover: (step: number | null) => void;
}

/** A chart of runs over environment steps: each run's curve as a line, its evaluations as points with whiskers. */
export function makePlot({ place, height, slots, plotted, lastStep, onHover }: PlotOptions): uPlot {
  const axis = {
    stroke: () => styleOf("--quiet"),
    grid: { stroke: () => styleOf("--line"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui, sans-serif",
  };
  const series = slots.flatMap((slot): uPlot.Series[] => [
    {
      stroke: () => styleOf(colourOf(slot)),
      width: 2,
      dash: [...dashOf(slot)],
      // A line needs two points; one alone would not be seen.
      points: { show: (plot, i) => countOf(plot.data[i]!) === 1, size: 6 },
    },
    {
      stroke: () => styleOf(colourOf(slot)),
      paths: () => null,
      points: { show: true, size: 6, width: 1, fill: () => styleOf(colourOf(slot)) },
    },
  ]);
  const made = new uPlot(
    {
      width: widthOf(place),
      height,
      scales: {
        x: { time: false, range: () => [0, Math.max(1, lastStep())] },
        y: { range: (_, low, high) => rangeOf(low, high, plotted()) },
      },
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, y: false, points: { show: false } },
      padding: [8, 16, 0, 0],
      axes: [
        { ...axis, size: 24, space: 72, values: (_, steps) => steps.map((step) => figure(step, 1000)) },
        { ...axis, size: 48, space: 32, values: (_, values) => values.map((value) => figure(value)) },
      ],
      series: [{}, ...series],
      hooks: { draw: [(plot) => drawWhiskers(plot, plotted())] },
    },
    dataOf(plotted()),
    place,
  );
  made.over.addEventListener("pointermove", ({ offsetX }) => {
    onHover(Math.round(Math.max(0, made.posToVal(offsetX, "x"))));
  });
  made.over.addEventListener("pointerleave", () => onHover(null));
  return made;
}

function countOf(values: ArrayLike<number | null | undefined>): number {
  return Array.from(values).filter((value) => value != null).length;
}

export function widthOf(place: HTMLElement): number {
  return Math.max(160, Math.floor(place.clientWidth));
}

function styleOf(variable: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
}

/** Runs have steps of their own: over all of them together, with nothing where a run has none. */
export function dataOf(plotted: readonly PlottedRun[]): uPlot.AlignedData {
  const tables = plotted.flatMap(({ curve, evaluations }) => [
    [curve.steps, curve.values],
    [evaluations.map(({ step }) => step), evaluations.map(({ mean }) => mean)],
  ]) as uPlot.AlignedData[];
  return tables.length === 0 ? [[]] : uPlot.join(tables);
}

/** From the lowest to the highest value, whiskers included, with some air. */
function rangeOf(
  low: number | null,
  high: number | null,
  plotted: readonly PlottedRun[],
): uPlot.Range.MinMax {
  if (low === null || high === null) return [0, 1];
  const ends = plotted.flatMap(({ evaluations }) =>
    evaluations.flatMap(({ interval }) => (interval === null ? [] : [interval.low, interval.high])),
  );
  const [lowest, highest] = [Math.min(low, ...ends), Math.max(high, ...ends)];
  return uPlot.rangeNum(lowest, highest, 0.1, true);
}

/** The intervals of evaluations, as lines with a bar at either end. */
function drawWhiskers(plot: uPlot, plotted: readonly PlottedRun[]): void {
  const { ctx } = plot;
  const pixel = uPlot.pxRatio;
  const bar = 3 * pixel;
  ctx.save();
  ctx.setLineDash([]);
  ctx.lineWidth = 1.5 * pixel;
  for (const { slot, evaluations } of plotted) {
    ctx.strokeStyle = styleOf(colourOf(slot));
    ctx.beginPath();
    for (const { step, interval } of evaluations) {
      if (interval === null) continue;
      const x = plot.valToPos(step, "x", true);
      const [top, bottom] = [plot.valToPos(interval.high, "y", true), plot.valToPos(interval.low, "y", true)];
      ctx.moveTo(x, top);
      ctx.lineTo(x, bottom);
      for (const y of [top, bottom]) {
        ctx.moveTo(x - bar, y);
        ctx.lineTo(x + bar, y);
      }
    }
    ctx.stroke();
  }
  ctx.restore();
}
