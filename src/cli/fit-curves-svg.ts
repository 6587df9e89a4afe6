import { scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import { escapeXml } from "../charts/index.js";
import type { FitCurves, FitCurvesOfFigure } from "../training/index.js";

type FitCurve = FitCurvesOfFigure["validation"];

/** Okabe and Ito's colours that stand out on a light ground, and what is as far apart on a dark one. */
const light = {
  lines: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#555555"],
  ...{ paper: "#ffffff", ink: "#222222", faint: "#666666" },
};
const dark = {
  lines: ["#56b4e9", "#e69f00", "#35c99f", "#e39bc4", "#f0e442", "#b5bdc6"],
  ...{ paper: "#0d1117", ink: "#e6edf3", faint: "#9aa4ae" },
};

const panel = { width: 480, height: 280, left: 58, right: 16, top: 34, bottom: 40 } as const;
const legendRow = 18;

/** How curves of each source are drawn, the least important first. */
const strokes = {
  train: 'stroke-width="1.2" stroke-dasharray="4 3" opacity="0.7"',
  trainSample: 'stroke-width="1.2"',
  validation: 'stroke-width="2.4"',
} as const;

const note =
  "thick: validation, with its best epoch; thin: a sample of the training data; dashed: batches while training";
const bandNote = "; band: one standard deviation over seeds";

/**
 * Learning curves of fits as an SVG file that stands alone, on the reader's light or dark ground: a panel for each figure, a
 * colour for each fit, or for several that differ in their seed only, whose validation has a band.
 */
export function fitCurvesSvg(fits: readonly FitCurves[]): string {
  const figures = [...new Set(fits.flatMap((fit) => Object.keys(fit.figures)))];
  const columns = Math.min(2, Math.max(1, figures.length));
  const top = 58 + legendRow * fits.length;
  const width = panel.width * 2;
  const height = top + Math.max(1, Math.ceil(figures.length / columns)) * panel.height;
  const title = [...new Set(fits.map(({ task }) => task))].join(", ");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<style>${rules(light)}@media (prefers-color-scheme:dark){${rules(dark)}}</style>`,
    `<rect class="paper" width="100%" height="100%"/>`,
    `<text class="ink" x="14" y="25" font-size="16" font-weight="600">${escapeXml(title)}: learning curves</text>`,
    `<text class="faint" x="14" y="44">${note}${fits.some(hasBand) ? bandNote : ""}</text>`,
    ...fits.map(({ label }, i) => {
      const y = 62 + i * legendRow;
      return `<rect class="fill${colourOf(i)}" x="14" y="${y - 9}" width="12" height="12" rx="2"/><text class="ink" x="32" y="${y + 1}">${escapeXml(label)}</text>`;
    }),
    ...figures.map((figure, i) => {
      const place = [(i % columns) * panel.width, top + Math.floor(i / columns) * panel.height];
      return `<g transform="translate(${place.join(" ")})">\n${drawPanel(figure, fits)}\n</g>`;
    }),
    "</svg>",
    "",
  ].join("\n");
}

function rules({ lines, paper, ink, faint }: typeof light): string {
  const ground = `.paper{fill:${paper}}.ink{fill:${ink}}.faint{fill:${faint}}.base{stroke:${faint}}.grid{stroke:${faint};opacity:.25}`;
  const colours = lines.map((colour, i) => `.line${i}{stroke:${colour};fill:none}.fill${i}{fill:${colour}}`);
  return [ground, ...colours].join("");
}

function colourOf(fit: number): number {
  return fit % light.lines.length;
}

type Scale = ReturnType<typeof scaleLinear<number, number>>;

interface Scales {
  epochs: Scale;
  values: Scale;
}

function drawPanel(figure: string, fits: readonly FitCurves[]): string {
  const curves = fits.flatMap((fit) => Object.values(fit.figures[figure] ?? {}) as FitCurve[]);
  const values = curves.flatMap((curve) => [...curve.values, ...bandOf(curve).flat()]);
  const [low, high] = values.length === 0 ? [0, 1] : [Math.min(...values), Math.max(...values)];
  const last = Math.max(1, ...curves.flatMap(({ epochs }) => epochs));
  const scales = {
    epochs: scaleLinear([0, last], [panel.left, panel.width - panel.right]),
    values: scaleLinear([low, high > low ? high : low + 1], [panel.height - panel.bottom, panel.top]).nice(),
  };
  return [
    `<text class="ink" x="${panel.left}" y="20" font-weight="600">${escapeXml(figure)}</text>`,
    drawAxes(scales),
    ...fits.map((fit, i) => drawFit(fit, { figure, colour: colourOf(i), scales })),
  ].join("\n");
}

function drawAxes({ epochs, values }: Scales): string {
  const base = panel.height - panel.bottom;
  const [left, right] = epochs.range() as [number, number];
  const name = values.tickFormat(5);
  const rows = values.ticks(5).map((value) => {
    const y = values(value).toFixed(1);
    return `<line class="grid" x1="${left}" x2="${right}" y1="${y}" y2="${y}"/><text class="faint" x="${left - 6}" y="${y}" dy="0.35em" text-anchor="end" font-size="11">${name(value)}</text>`;
  });
  const columns = epochs
    .ticks(6)
    .filter(Number.isInteger)
    .map((value) => {
      const x = epochs(value).toFixed(1);
      return `<line class="base" x1="${x}" x2="${x}" y1="${base}" y2="${base + 4}"/><text class="faint" x="${x}" y="${base + 17}" text-anchor="middle" font-size="11">${value}</text>`;
    });
  return [
    ...rows,
    ...columns,
    `<line class="base" x1="${left}" x2="${right}" y1="${base}" y2="${base}"/>`,
    `<text class="faint" x="${right}" y="${base + 32}" text-anchor="end" font-size="11">epochs</text>`,
  ].join("\n");
}

interface Drawing {
  figure: string;
  colour: number;
  scales: Scales;
}

function hasBand({ seeds }: FitCurves): boolean {
  return seeds.length > 1;
}

/** Its lower and its upper edge at each epoch. */
function bandOf({ values, spreads }: FitCurve): [number, number][] {
  return values.map((value, i) => [value - spreads[i]!, value + spreads[i]!]);
}

function drawFit(fit: FitCurves, { figure, colour, scales }: Drawing): string {
  const { bestEpoch } = fit;
  const curves = fit.figures[figure];
  if (curves === undefined) return "";
  const { epochs, values } = scales;
  const edges = bandOf(curves.validation);
  const band = area<number>(
    (_, i) => epochs(curves.validation.epochs[i]!),
    (_, i) => values(edges[i]![0]),
    (_, i) => values(edges[i]![1]),
  ).digits(1);
  const shade = hasBand(fit)
    ? [`<path class="fill${colour}" d="${band(curves.validation.epochs) ?? ""}" opacity="0.18"/>`]
    : [];
  const drawn = (Object.keys(strokes) as (keyof typeof strokes)[]).map((source) => {
    const curve = curves[source];
    const points = curve.epochs.map((epoch, i) => [epoch, curve.values[i]!] as const);
    const through = line<(typeof points)[number]>(
      ([epoch]) => epochs(epoch),
      ([, value]) => values(value),
    ).digits(1);
    return `<path class="line${colour}" d="${through(points) ?? ""}" ${strokes[source]} stroke-linejoin="round" stroke-linecap="round"/>`;
  });
  const best = curves.validation.epochs.indexOf(bestEpoch ?? -1);
  if (best < 0) return [...shade, ...drawn].join("\n");
  const [x, y] = [epochs(bestEpoch!), values(curves.validation.values[best]!)];
  return [...drawn, `<circle class="fill${colour}" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="4"/>`].join(
    "\n",
  );
}
