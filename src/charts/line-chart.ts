import { type ScaleLinear, scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import { escapeXml } from "./escape-xml.js";

/** Where a number is not finite the line has a gap. */
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
  /** Mark each point, and not only those without a neighbour; default true. */
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

/** Pixels that a character takes, as far as one can say without the reader's font. */
const wide = { title: 12, note: 6.7, text: 7.1 } as const;

/** Characters of a number beside the y axis: what there is room for, and beyond which powers of ten are shorter. */
const ticks = { usual: 4, longest: 8 } as const;

type Scale = ScaleLinear<number, number>;

interface Scales {
  x: Scale;
  y: Scale;
}

/**
 * Lines, with bands where they have a spread, as an SVG file that stands alone, on the reader's light or dark ground. Text that is
 * too long for its place is cut, and shown whole to whoever points at it.
 */
export function lineChart(series: readonly ChartSeries[], options: ChartOptions): string {
  const { title, note = "" } = options;
  const scales = scalesFor(series.flatMap(({ points }) => points.filter(isFinitePoint)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="system-ui, sans-serif" font-size="13">`,
    `<style>${rules(light)}@media (prefers-color-scheme:dark){${rules(dark)}}</style>`,
    `<rect class="paper" width="100%" height="100%"/>`,
    `<text class="ink" x="16" y="27" font-size="17" font-weight="600">${fitted(title, size.width - 32, wide.title)}</text>`,
    `<text class="faint" x="16" y="47" font-size="12">${fitted(note, size.width - 32, wide.note)}</text>`,
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
  const [low, high] = extentOf(
    points.flatMap((point) => [point.y - spreadOf(point), point.y + spreadOf(point)]),
  );
  const y = scaleLinear([low, high], [size.height - size.bottom, size.top]).nice();
  const longest = Math.max(...rowTicks(y).map(({ label }) => label.length));
  const start = size.left + Math.max(0, longest - ticks.usual) * wide.text;
  return { x: scaleLinear([left, right], [start, size.width - size.right]), y };
}

function isFinitePoint({ x, y }: ChartPoint): boolean {
  return Number.isFinite(x) && Number.isFinite(y);
}

function spreadOf({ spread = 0 }: ChartPoint): number {
  return Number.isFinite(spread) ? spread : 0;
}

/** Of nothing 0 to 1, and never a single value, or as good as that. */
function extentOf(values: readonly number[]): [number, number] {
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  if (values.length === 0) return [0, 1];
  const largest = Math.max(Math.abs(low), Math.abs(high));
  if (high - low > 1e-6 * largest) return [low, high];
  const room = Math.max(0.5, 0.1 * largest);
  return [low - room, low + room];
}

function drawAxes({ x, y }: Scales, { x: across, y: up, places }: ChartOptions): string {
  const base = size.height - size.bottom;
  const [left = 0, right = 0] = x.range();
  const rows = rowTicks(y).map(({ value, label }) => {
    const at = y(value).toFixed(1);
    return `<line class="grid" x1="${left}" x2="${right}" y1="${at}" y2="${at}"/><text class="faint" x="${left - 8}" y="${at}" dy="0.35em" text-anchor="end">${label}</text>`;
  });
  const named = places?.map(({ x: value, label }) => ({ value, label })) ?? columnTicks(x);
  const room = (right - left) / Math.max(1, named.length - 1) - 8;
  const columns = named.map(({ value, label }) => {
    const at = x(value).toFixed(1);
    return `<line class="base" x1="${at}" x2="${at}" y1="${base}" y2="${base + 5}"/><text class="faint" x="${at}" y="${base + 20}" text-anchor="middle">${fitted(label, room, wide.text)}</text>`;
  });
  return [
    ...rows,
    ...columns,
    `<line class="base" x1="${left}" x2="${right}" y1="${base}" y2="${base}"/>`,
    `<text class="ink" x="${(left + right) / 2}" y="${size.height - 12}" text-anchor="middle">${fitted(across, right - left, wide.text)}</text>`,
    `<text class="ink" transform="translate(18 ${(size.top + base) / 2}) rotate(-90)" text-anchor="middle">${fitted(up, base - size.top, wide.text)}</text>`,
  ].join("\n");
}

interface Tick {
  value: number;
  label: string;
}

/** Plain numbers, or powers of ten where those are too long. */
function rowTicks(y: Scale): Tick[] {
  const values = y.ticks(6);
  const plain = y.tickFormat(6);
  const isShort = values.every((value) => plain(value).length <= ticks.longest);
  const format = isShort ? plain : y.tickFormat(6, "~e");
  return values.map((value) => ({ value, label: value === 0 && !isShort ? "0" : format(value) }));
}

/** There are no halves between whole numbers, such as epochs. */
function columnTicks(x: Scale): Tick[] {
  const values = x.ticks(8);
  const whole = values.filter(Number.isInteger);
  const format = x.tickFormat(8);
  if (whole.length === 0) return values.map((value) => ({ value, label: format(value) }));
  return whole.map((value) => ({ value, label: String(value) }));
}

function drawSeries(
  { points, colour: own, dashed }: ChartSeries,
  index: number,
  { scales: { x, y }, marks }: { scales: Scales; marks: boolean },
): string {
  const colour = colourOf(own, index);
  const across = (point: ChartPoint): number => x(point.x);
  const path = line<ChartPoint>(across, (point) => y(point.y))
    .defined(isFinitePoint)
    .digits(1);
  const band = area<ChartPoint>(
    across,
    (point) => y(point.y - spreadOf(point)),
    (point) => y(point.y + spreadOf(point)),
  )
    .defined(isFinitePoint)
    .digits(1);
  const hasBand = points.some((point) => spreadOf(point) > 0);
  const marked = marks ? points.filter(isFinitePoint) : points.filter(isAlone);
  return [
    hasBand ? `<path class="fill${colour}" d="${band(points) ?? ""}" opacity="0.14"/>` : "",
    `<path class="line${colour}" d="${path(points) ?? ""}" stroke-width="2.2" stroke-linejoin="round"${dashes(dashed)}/>`,
    ...marked.map(
      (point) =>
        `<circle class="fill${colour}" cx="${across(point).toFixed(1)}" cy="${y(point.y).toFixed(1)}" r="3.2"/>`,
    ),
  ].join("");
}

/** Whether no line leads to a point or away from it. */
function isAlone(point: ChartPoint, index: number, points: readonly ChartPoint[]): boolean {
  const neighbours = [points[index - 1], points[index + 1]];
  return isFinitePoint(point) && !neighbours.some((other) => other !== undefined && isFinitePoint(other));
}

function drawLegend(series: readonly ChartSeries[]): string {
  const left = size.width - size.right + 22;
  const step = Math.min(21, (size.height - size.top - 16) / series.length);
  return series
    .map(({ label, colour, dashed }, index) => {
      const y = size.top + 10 + index * step;
      return `<line class="line${colourOf(colour, index)}" x1="${left}" x2="${left + 26}" y1="${y}" y2="${y}" stroke-width="2.2"${dashes(dashed)}/><text class="ink" x="${left + 34}" y="${y}" dy="0.35em">${fitted(label, size.right - 22 - 34, wide.text)}</text>`;
    })
    .join("\n");
}

function colourOf(own: number | undefined, index: number): number {
  return (own ?? index) % light.lines.length;
}

function dashes(dashed = false): string {
  return dashed ? ` stroke-dasharray="6 4"` : "";
}

/** Text, or where that takes more than so many pixels its beginning. @param character pixels of one */
function fitted(text: string, width: number, character: number): string {
  const characters = [...text];
  const most = Math.max(1, Math.floor(width / character));
  if (characters.length <= most) return escapeXml(text);
  return `${escapeXml(characters.slice(0, most - 1).join(""))}…<title>${escapeXml(text)}</title>`;
}
