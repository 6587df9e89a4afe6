import { scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import { escapeXml } from "../charts/index.js";
import type { Curve, CurveGroup } from "../training/index.js";

const size = { width: 860, height: 480, left: 64, right: 40, top: 56, bottom: 52 } as const;
/** Okabe and Ito's colours, which people with any colour vision can tell apart. */
const colours = [
  "#0072B2",
  "#D55E00",
  "#009E73",
  "#CC79A7",
  "#E69F00",
  "#56B4E9",
  "#000000",
  "#8a8a8a",
] as const;

interface Point {
  step: number;
  mean: number;
  spread: number;
}

/**
 * Learning curves as an SVG file that stands alone: evaluation returns as a line with points and a band of one
 * standard deviation over seeds, returns while training as a thin line.
 */
export function plotSvg(groups: readonly CurveGroup[]): string {
  const all = groups.flatMap((group) => [...points(group.evaluation), ...points(group.training)]);
  const steps = scaleLinear(
    [0, Math.max(1, ...all.map((point) => point.step))],
    [size.left, size.width - size.right],
  ).nice();
  const low = Math.min(0, ...all.map((point) => point.mean - point.spread));
  const high = Math.max(...all.map((point) => point.mean + point.spread), low + 1);
  const returns = scaleLinear([low, high], [size.height - size.bottom, size.top]).nice();
  const title = [...new Set(groups.map((group) => group.env))].join(", ");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="system-ui, sans-serif" font-size="13" fill="#222">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    `<text x="${size.left}" y="26" font-size="17" font-weight="600">${escapeXml(title)}: learning curve</text>`,
    axes(steps, returns),
    ...groups.map((group, i) => drawGroup(group, colours[i % colours.length]!, steps, returns)),
    legend(groups),
    "</svg>",
    "",
  ].join("\n");
}

type Scale = ReturnType<typeof scaleLinear<number, number>>;

function points(curve: Curve): Point[] {
  return curve.steps.map((step, i) => ({ step, mean: curve.means[i]!, spread: curve.spreads[i]! }));
}

function axes(steps: Scale, returns: Scale): string {
  const base = size.height - size.bottom;
  const rows = returns.ticks(6).map((value) => {
    const y = returns(value).toFixed(1);
    return `<line x1="${size.left}" x2="${size.width - size.right}" y1="${y}" y2="${y}" stroke="#e4e4e4"/><text x="${size.left - 8}" y="${y}" dy="0.35em" text-anchor="end">${value.toLocaleString("en")}</text>`;
  });
  const columns = steps.ticks(6).map((value) => {
    const x = steps(value).toFixed(1);
    return `<line x1="${x}" x2="${x}" y1="${base}" y2="${base + 5}" stroke="#888"/><text x="${x}" y="${base + 20}" text-anchor="middle">${value.toLocaleString("en")}</text>`;
  });
  const middle = (size.top + base) / 2;
  return [
    ...rows,
    ...columns,
    `<line x1="${size.left}" x2="${size.width - size.right}" y1="${base}" y2="${base}" stroke="#888"/>`,
    `<text x="${(size.left + size.width - size.right) / 2}" y="${size.height - 10}" text-anchor="middle">environment steps</text>`,
    `<text transform="translate(18 ${middle}) rotate(-90)" text-anchor="middle">return</text>`,
  ].join("\n");
}

function drawGroup(group: CurveGroup, colour: string, steps: Scale, returns: Scale): string {
  const x = (point: Point): number => steps(point.step);
  const path = line<Point>(x, (point) => returns(point.mean)).digits(1);
  const band = area<Point>(
    x,
    (point) => returns(point.mean - point.spread),
    (point) => returns(point.mean + point.spread),
  ).digits(1);
  const evaluation = points(group.evaluation);
  const training = points(group.training);
  return [
    group.seeds.length > 1 ? `<path d="${band(evaluation) ?? ""}" fill="${colour}" opacity="0.16"/>` : "",
    `<path d="${path(training) ?? ""}" fill="none" stroke="${colour}" stroke-width="1" opacity="0.55" stroke-dasharray="4 3"/>`,
    `<path d="${path(evaluation) ?? ""}" fill="none" stroke="${colour}" stroke-width="2.2"/>`,
    ...evaluation.map(
      (point) =>
        `<circle cx="${x(point).toFixed(1)}" cy="${returns(point.mean).toFixed(1)}" r="3" fill="${colour}"/>`,
    ),
  ].join("\n");
}

function legend(groups: readonly CurveGroup[]): string {
  const note = "solid: evaluation; dashed: while training; band: one standard deviation over seeds";
  return [
    `<text x="${size.left}" y="44" font-size="11" fill="#666">${note}</text>`,
    ...groups.map((group, i) => {
      const y = size.top + 14 + i * 18;
      return `<rect x="${size.left + 12}" y="${y - 9}" width="12" height="12" rx="2" fill="${colours[i % colours.length]}"/><text x="${size.left + 30}" y="${y + 1}">${escapeXml(group.label)}</text>`;
    }),
  ].join("\n");
}
