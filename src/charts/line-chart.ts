import { type ScaleLinear, scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import { escapeXml } from "./escape-xml.js";

export interface ChartPoint {
  x: number;
  y: number;
  /** Half the height of the band around the line; default 0. */
  spread?: number;
}

/** One line of a chart. */
export interface ChartSeries {
  label: string;
  points: readonly ChartPoint[];
  /** Number of its colour; by default its place. Lines that belong together share one. */
  colour?: number;
  /** Default false. */
  dashed?: boolean;
}

export interface ChartOptions {
  title: string;
  /** A line of small print below the title. */
  note?: string;
  /** Names of the axes. */
  x: string;
  y: string;
  /** Names of places on the x axis, instead of numbers. */
  places?: readonly { x: number; label: string }[];
  /** Mark each point; default true. */
  marks?: boolean;
}

/** Okabe and Ito's colours, which people with any colour vision can tell apart, and what is as far apart on a dark ground. */
const light = {
  lines: ["#0072b2", "#d55e00", "#009e73", "#b3579a", "#a97800", "#3a87b0"],
  paper: "#ffffff",
  ink: "#222222",
  faint: "#666666",
};
const dark = {
  lines: ["#56b4e9", "#e69f00", "#35c99f", "#e29cc6", "#f0e442", "#a5d8ff"],
  paper: "#0d1117",
  ink: "#e6edf3",
  faint: "#9aa4ae",
};

const size = { width: 960, height: 460, left: 64, right: 262, top: 66, bottom: 56 } as const;

type Scale = ScaleLinear<number, number>;

interface Scales {
  x: Scale;
  y: Scale;
}

/** Lines, with bands where they have a spread, as an SVG file that stands alone, on the reader's light or dark ground. */
export function lineChart(series: readonly ChartSeries[], options: ChartOptions): string {
  const { title, note = "" } = options;
  const scales = scalesFor(series.flatMap(({ points }) => points));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="system-ui, sans-serif" font-size="13">`,
    `<style>${rules(light)}@media (prefers-color-scheme:dark){${rules(dark)}}</style>`,
    `<rect class="paper" width="100%" height="100%"/>`,
    `<text class="ink" x="16" y="27" font-size="17" font-weight="600">${escapeXml(title)}</text>`,
    `<text class="faint" x="16" y="47" font-size="12">${escapeXml(note)}</text>`,
    drawAxes(scales, options),
    ...series.map((each, index) => drawSeries(each, index, { scales, marks: options.marks ?? true })),
    drawLegend(series),
    "</svg>",
    "",
  ].join("\n");
}

function rules({ lines, paper, ink, faint }: typeof light): string {
  const grey = `.paper{fill:${paper}}.ink{fill:${ink}}.faint{fill:${faint}}.base{stroke:${faint}}.grid{stroke:${faint};opacity:.25}`;
  return [
    grey,
    ...lines.map((colour, i) => `.line${i}{stroke:${colour};fill:none}.fill${i}{fill:${colour}}`),
  ].join("");
}

function scalesFor(points: readonly ChartPoint[]): Scales {
  const [left, right] = extentOf(points.map(({ x }) => x));
  const [low, high] = extentOf(points.flatMap(({ y, spread = 0 }) => [y - spread, y + spread]));
  return {
    x: scaleLinear([left, right], [size.left, size.width - size.right]),
    y: scaleLinear([low, high], [size.height - size.bottom, size.top]).nice(),
  };
}

/** Of nothing 0 to 1, and never a single value. */
function extentOf(values: readonly number[]): [number, number] {
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  if (values.length === 0) return [0, 1];
  return high > low ? [low, high] : [low - 0.5, low + 0.5];
}

function drawAxes({ x, y }: Scales, { x: across, y: up, places }: ChartOptions): string {
  const base = size.height - size.bottom;
  const right = size.width - size.right;
  const format = y.tickFormat(6);
  const rows = y.ticks(6).map((value) => {
    const at = y(value).toFixed(1);
    return `<line class="grid" x1="${size.left}" x2="${right}" y1="${at}" y2="${at}"/><text class="faint" x="${size.left - 8}" y="${at}" dy="0.35em" text-anchor="end">${format(value)}</text>`;
  });
  const ticks = places ?? x.ticks(8).map((value) => ({ x: value, label: x.tickFormat(8)(value) }));
  const columns = ticks.map(({ x: value, label }) => {
    const at = x(value).toFixed(1);
    return `<line class="base" x1="${at}" x2="${at}" y1="${base}" y2="${base + 5}"/><text class="faint" x="${at}" y="${base + 20}" text-anchor="middle">${escapeXml(label)}</text>`;
  });
  return [
    ...rows,
    ...columns,
    `<line class="base" x1="${size.left}" x2="${right}" y1="${base}" y2="${base}"/>`,
    `<text class="ink" x="${(size.left + right) / 2}" y="${size.height - 12}" text-anchor="middle">${escapeXml(across)}</text>`,
    `<text class="ink" transform="translate(18 ${(size.top + base) / 2}) rotate(-90)" text-anchor="middle">${escapeXml(up)}</text>`,
  ].join("\n");
}

function drawSeries(
  { points, colour: own, dashed }: ChartSeries,
  index: number,
  { scales: { x, y }, marks }: { scales: Scales; marks: boolean },
): string {
  const colour = colourOf(own, index);
  const across = (point: ChartPoint): number => x(point.x);
  const path = line<ChartPoint>(across, (point) => y(point.y)).digits(1);
  const band = area<ChartPoint>(
    across,
    (point) => y(point.y - (point.spread ?? 0)),
    (point) => y(point.y + (point.spread ?? 0)),
  ).digits(1);
  const hasBand = points.some(({ spread = 0 }) => spread > 0);
  return [
    hasBand ? `<path class="fill${colour}" d="${band(points) ?? ""}" opacity="0.14"/>` : "",
    `<path class="line${colour}" d="${path(points) ?? ""}" stroke-width="2.2" stroke-linejoin="round"${dashes(dashed)}/>`,
    ...(marks
      ? points.map(
          (point) =>
            `<circle class="fill${colour}" cx="${across(point).toFixed(1)}" cy="${y(point.y).toFixed(1)}" r="3.2"/>`,
        )
      : []),
  ].join("");
}

function drawLegend(series: readonly ChartSeries[]): string {
  const left = size.width - size.right + 22;
  return series
    .map(({ label, colour, dashed }, index) => {
      const y = size.top + 10 + index * 21;
      return `<line class="line${colourOf(colour, index)}" x1="${left}" x2="${left + 26}" y1="${y}" y2="${y}" stroke-width="2.2"${dashes(dashed)}/><text class="ink" x="${left + 34}" y="${y}" dy="0.35em">${escapeXml(label)}</text>`;
    })
    .join("\n");
}

function colourOf(own: number | undefined, index: number): number {
  return (own ?? index) % light.lines.length;
}

function dashes(dashed = false): string {
  return dashed ? ` stroke-dasharray="6 4"` : "";
}
