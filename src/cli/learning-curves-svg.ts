import { scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import { escapeXml } from "../charts/index.js";
import type { BenchCurve } from "../training/index.js";

type BenchPoint = BenchCurve["points"][number];

/** Blue, vermilion and green of Okabe and Ito, and what is as far apart on a dark ground. */
const light = {
  lines: ["#0072b2", "#d55e00", "#009e73"],
  paper: "#ffffff",
  ink: "#222222",
  faint: "#666666",
};
const dark = { lines: ["#56b4e9", "#e69f00", "#35c99f"], paper: "#0d1117", ink: "#e6edf3", faint: "#9aa4ae" };

const width = 960;
const header = 58;
const footer = 26;
const inset = { left: 52, right: 16, top: 30, bottom: 26 } as const;

interface Panel {
  title: string;
  curves: readonly BenchCurve[];
  /** Drawn behind them in grey. */
  behind: BenchCurve | null;
}

/**
 * Learning curves as an SVG file that stands alone, on the reader's light or dark ground: interquartile means over seeds with
 * their intervals. One panel per environment; several curves of one environment stand in a panel each, with the curve that
 * they are compared with behind them.
 */
export function learningCurvesSvg(curves: readonly BenchCurve[], reference: string | null = null): string {
  const panels = panelsOf(curves, reference);
  const columns = panels.length <= 3 ? panels.length : panels.length % 4 === 0 ? 4 : 3;
  const rows = Math.ceil(panels.length / columns);
  const size = { width: width / columns, height: columns === 1 ? 380 : 220 };
  const height = header + rows * size.height + footer;
  const shared = new Set(curves.map(({ env }) => env)).size === 1 ? curves : null;
  const seeds = [...new Set(curves.map((curve) => curve.seeds))].sort((a, b) => a - b).join(" or ");
  const title = [...new Set(curves.map(({ env }) => env))].join(", ");
  const behind = panels.some((panel) => panel.behind !== null) ? `; grey: ${reference}` : "";
  const averaged =
    seeds === "1" ? "one seed" : `interquartile mean of ${seeds} seeds, band: its 95 % bootstrap interval`;
  const note = `evaluations while training: ${averaged}${behind}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<style>${rules(light)}@media (prefers-color-scheme:dark){${rules(dark)}}</style>`,
    `<rect class="paper" width="100%" height="100%"/>`,
    `<text class="ink" x="14" y="25" font-size="16" font-weight="600">${escapeXml(title)}</text>`,
    `<text class="faint" x="14" y="44">${escapeXml(note)}</text>`,
    ...panels.map((panel, i) => {
      const place = [(i % columns) * size.width, header + Math.floor(i / columns) * size.height];
      return `<g transform="translate(${place.join(" ")})">\n${drawPanel(panel, size, shared ?? panel.curves)}\n</g>`;
    }),
    `<text class="faint" x="${width / 2}" y="${height - 9}" text-anchor="middle">environment steps (across), return (up)</text>`,
    "</svg>",
    "",
  ].join("\n");
}

function panelsOf(curves: readonly BenchCurve[], reference: string | null): Panel[] {
  const envs = [...new Set(curves.map(({ env }) => env))];
  if (envs.length === 1 && curves.length > 3) {
    const base = curves.find(({ label }) => label === reference) ?? null;
    return curves.map((curve) => ({
      title: curve.label,
      curves: [curve],
      behind: curve === base ? null : base,
    }));
  }
  return envs.map((env) => {
    const own = curves.filter((curve) => curve.env === env);
    return { title: own.length === 1 ? own[0]!.label : env, curves: own, behind: null };
  });
}

function rules({ lines, paper, ink, faint }: typeof light): string {
  const grey = `.paper{fill:${paper}}.ink{fill:${ink}}.faint{fill:${faint}}.base{stroke:${faint}}.grid{stroke:${faint};opacity:.25}`;
  const colours = lines.map((colour, i) => `.line${i}{stroke:${colour}}.fill${i}{fill:${colour}}`);
  return [grey, ...colours].join("");
}

interface Size {
  width: number;
  height: number;
}

type Scale = ReturnType<typeof scaleLinear<number, number>>;

interface Scales {
  steps: Scale;
  returns: Scale;
}

/** @param measured the curves that have to fit the scales */
function drawPanel({ title, curves, behind }: Panel, size: Size, measured: readonly BenchCurve[]): string {
  const right = inset.right + (curves.length > 1 ? 130 : 0);
  const points = measured.flatMap((curve) => curve.points);
  const targets = measured.flatMap(({ target }) => target ?? []);
  const low = Math.min(0, ...points.map((point) => point.low), ...targets);
  const high = Math.max(0, ...points.map((point) => point.high), ...targets);
  const across = [inset.left, size.width - right];
  const up = [size.height - inset.bottom, inset.top];
  const scales = {
    steps: scaleLinear([0, Math.max(1, ...points.map(({ step }) => step))], across),
    returns: scaleLinear([1.05 * low, high > low ? 1.05 * high : 1], up).nice(),
  };
  return [
    `<text class="ink" x="${inset.left}" y="17" font-weight="600">${escapeXml(title)}</text>`,
    drawAxes(scales, size),
    drawTarget(curves[0]!, scales),
    ...(behind === null ? [] : [drawCurve(behind, "base", "faint", scales)]),
    ...curves.map((curve, i) => {
      const colour = i % light.lines.length;
      return drawCurve(curve, `line${colour}`, `fill${colour}`, scales);
    }),
    ...(curves.length > 1 ? [drawLabels(curves, scales)] : []),
  ].join("\n");
}

function drawAxes({ steps, returns }: Scales, size: Size): string {
  const base = size.height - inset.bottom;
  const [left, right] = steps.range() as [number, number];
  const rows = returns.ticks(size.height > 300 ? 6 : 4).map((value) => {
    const y = returns(value).toFixed(1);
    return `<line class="grid" x1="${left}" x2="${right}" y1="${y}" y2="${y}"/><text class="faint" x="${left - 6}" y="${y}" dy="0.35em" text-anchor="end" font-size="11">${compact(value)}</text>`;
  });
  const columns = steps.ticks(size.width > 400 ? 6 : 3).map((value) => {
    const x = steps(value).toFixed(1);
    return `<line class="base" x1="${x}" x2="${x}" y1="${base}" y2="${base + 4}"/><text class="faint" x="${x}" y="${base + 17}" text-anchor="middle" font-size="11">${compact(value)}</text>`;
  });
  return [
    ...rows,
    ...columns,
    `<line class="base" x1="${left}" x2="${right}" y1="${base}" y2="${base}"/>`,
  ].join("\n");
}

/** Named on the side of its line that the curve does not end on, unless the axis is there. */
function drawTarget({ target, points }: BenchCurve, { steps, returns }: Scales): string {
  if (target === null) return "";
  const [left, right] = steps.range() as [number, number];
  const y = returns(target);
  const last = points.at(-1)?.interquartileMean ?? target;
  const below = last >= target && returns.range()[0]! - y > 16;
  return `<line class="base" x1="${left}" x2="${right}" y1="${y.toFixed(1)}" y2="${y.toFixed(1)}" stroke-dasharray="5 4"/><text class="faint" x="${right}" y="${y.toFixed(1)}" dy="${below ? "1.1em" : "-0.4em"}" text-anchor="end" font-size="11">target ${target}</text>`;
}

function drawCurve(curve: BenchCurve, stroke: string, fill: string, { steps, returns }: Scales): string {
  const x = (point: BenchPoint): number => steps(point.step);
  const y = (point: BenchPoint): number => returns(point.interquartileMean);
  const band = area<BenchPoint>(
    x,
    (point) => returns(point.low),
    (point) => returns(point.high),
  ).digits(1);
  const path = line<BenchPoint>(x, y).digits(1);
  return [
    curve.seeds > 1 ? `<path class="${fill}" d="${band(curve.points) ?? ""}" opacity="0.2"/>` : "",
    `<path class="${stroke}" d="${path(curve.points) ?? ""}" fill="none" stroke-width="2" stroke-linejoin="round"/>`,
  ].join("");
}

/** Names at the ends of their curves, pushed apart where they would lie upon each other. */
function drawLabels(curves: readonly BenchCurve[], { steps, returns }: Scales): string {
  const ends = curves.map(({ label, points }, i) => {
    const last = points.at(-1);
    const y = returns(last?.interquartileMean ?? returns.domain()[0]!);
    return { label, colour: i % light.lines.length, x: steps(last?.step ?? 0), y };
  });
  ends.sort((a, b) => a.y - b.y);
  for (let i = 1; i < ends.length; i++) ends[i]!.y = Math.max(ends[i]!.y, ends[i - 1]!.y + 15);
  return ends
    .map(
      ({ label, colour, x, y }) =>
        `<text class="fill${colour}" x="${(x + 6).toFixed(1)}" y="${y.toFixed(1)}" dy="0.35em">${escapeXml(label)}</text>`,
    )
    .join("");
}

function compact(value: number): string {
  return new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 2 }).format(value);
}
