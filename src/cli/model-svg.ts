import { escapeXml } from "../charts/index.js";
import type { ModelSpec } from "../nets/index.js";
import { summarizeModel } from "../nets/index.js";
import { type Layout, type LayoutEdge, type LayoutNode, layeredLayout } from "./layered-layout.js";
import { type Diagram, diagramOf, type Frame, type Unit } from "./model-diagram.js";

/** Okabe and Ito's colours for kinds of layers, and what is as far apart on a dark ground. */
const light = {
  kinds: { weights: "#0072b2", pool: "#009e73", join: "#d55e00", memory: "#cc79a7", plain: "#8a8a8a" },
  ...{
    paper: "#ffffff",
    ink: "#222222",
    faint: "#666666",
    box: "#ffffff",
    frame: "#f3f5f8",
    edge: "#8b95a1",
  },
};
const dark: typeof light = {
  kinds: { weights: "#56b4e9", pool: "#35c99f", join: "#e69f00", memory: "#e58fc0", plain: "#9aa4ae" },
  ...{
    paper: "#0d1117",
    ink: "#e6edf3",
    faint: "#9aa4ae",
    box: "#1c232d",
    frame: "#141a22",
    edge: "#66717e",
  },
};

type Kind = keyof typeof light.kinds;

const kinds: Readonly<Record<string, Kind>> = {
  ...{ dense: "weights", noisyDense: "weights", conv1d: "weights", conv2d: "weights", graphConv: "weights" },
  ...{ maxPool: "pool", avgPool: "pool", globalAvgPool: "pool", globalMaxPool: "pool" },
  ...{ add: "join", multiply: "join", concat: "join" },
  ...{ rnn: "memory", gru: "memory", lstm: "memory", attention: "memory", embedding: "memory" },
};

const margin = 24;
const header = 64;
const boxHeight = 42;
const gaps = { across: 22, down: 30 } as const;
/** Between a frame and what lies in it; its title stands in the room above. */
const inset = { x: 16 } as const;

export interface ModelSvgOptions {
  title: string;
  /** Every layer and every block, also those that are alike. Default false. */
  full?: boolean;
}

/** A model's layers as an SVG file that stands alone, from top to bottom, on the reader's light or dark ground. */
export function modelSvg(spec: ModelSpec, { title, full = false }: ModelSvgOptions): string {
  const { parameters, multiplyAdds } = summarizeModel(spec);
  const note = `${parameters.toLocaleString("en")} parameters, ${multiplyAdds.toLocaleString("en")} multiply-adds`;
  const { width, height, drawing } = drawDiagram(diagramOf(spec, full));
  const whole = Math.ceil(Math.max(width, textWidth(title, 8.6), textWidth(note, 6.4)) + 2 * margin);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${whole}" height="${Math.ceil(height + header + margin)}" viewBox="0 0 ${whole} ${Math.ceil(height + header + margin)}" font-family="system-ui, sans-serif" font-size="12">`,
    `<style>${rules(light)}@media (prefers-color-scheme:dark){${rules(dark)}}</style>`,
    `<rect class="paper" width="100%" height="100%"/>`,
    `<text class="ink" x="${margin}" y="27" font-size="16" font-weight="600">${escapeXml(title)}</text>`,
    `<text class="faint" x="${margin}" y="46">${note}</text>`,
    `<g transform="translate(${((whole - width) / 2).toFixed(1)} ${header})">`,
    drawing,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

function rules({ kinds, paper, ink, faint, box, frame, edge }: typeof light): string {
  const colours = Object.entries(kinds).map(
    ([kind, colour]) => `.${kind}{fill:${colour}}.edge-${kind}{stroke:${colour}}`,
  );
  return [
    `.paper{fill:${paper}}.ink{fill:${ink}}.faint{fill:${faint}}.box{fill:${box};stroke-width:1.2}`,
    `.frame{fill:${frame};stroke:${edge};stroke-opacity:.45}.edge{fill:none;stroke:${edge};stroke-width:1.5}.tip{fill:${edge}}.label{stroke:${frame};stroke-width:5;paint-order:stroke}`,
    ...colours,
  ].join("");
}

interface Drawing {
  width: number;
  height: number;
  drawing: string;
}

/** A frame's inside, and where edges enter and leave it, from its middle. */
interface DrawnFrame extends Drawing {
  entry(source: string): number;
  exit(source: string): number;
}

function drawDiagram({ units, frames, edges }: Diagram): Drawing {
  const frameOf = new Map(frames.flatMap((frame) => frame.units.map(({ id }) => [id, frame] as const)));
  const drawn = new Map(frames.map((frame) => [frame.scope, drawFrame(frame, edges)]));
  const place = (id: string) => {
    const frame = frameOf.get(id);
    return frame === undefined ? id : frameId(frame);
  };
  const nodes = new Map<string, LayoutNode>();
  for (const unit of units) {
    const frame = frameOf.get(unit.id);
    const id = place(unit.id);
    nodes.set(id, frame === undefined ? boxOf(unit) : { id, ...sizeOf(drawn.get(frame.scope)!) });
  }
  const links = new Map<string, LayoutEdge>();
  for (const { source, target } of edges) {
    const [from, to] = [frameOf.get(source), frameOf.get(target)];
    if (from !== undefined && from === to) continue;
    links.set(`${source} ${place(target)}`, {
      ...{ source: place(source), target: place(target) },
      sourceOffset: from === undefined ? 0 : drawn.get(from.scope)!.exit(source),
      targetOffset: to === undefined ? 0 : drawn.get(to.scope)!.entry(source),
    });
  }
  const arrows = [...links.values()];
  const sorted = sortedBySources([...nodes.values()], arrows);
  const layout = layeredLayout(sorted, arrows, gaps);
  const insides = frames.map((frame) => {
    const { x, y } = layout.places.get(frameId(frame))!;
    const { width, drawing } = drawn.get(frame.scope)!;
    return `<g transform="translate(${(x - width / 2).toFixed(1)} ${y})">${drawing}</g>`;
  });
  const alone = units.filter(({ id }) => !frameOf.has(id)).map((unit) => drawUnit(unit, layout));
  const lines = layout.paths.map((path, i) => drawEdge(path, !arrows[i]!.target.startsWith("frame ")));
  return { ...sizeOf(layout), drawing: [...insides, ...lines, ...alone].join("\n") };
}

function frameId({ scope }: Frame): string {
  return `frame ${scope}`;
}

function sizeOf({ width, height }: { width: number; height: number }) {
  return { width, height };
}

/** Sources before their targets, else in the order that they had. */
function sortedBySources(nodes: readonly LayoutNode[], edges: readonly LayoutEdge[]): LayoutNode[] {
  const sorted = new Set<LayoutNode>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const visit = (node: LayoutNode): void => {
    if (sorted.has(node)) return;
    for (const { source, target } of edges) {
      if (target === node.id) visit(byId.get(source)!);
    }
    sorted.add(node);
  };
  for (const node of nodes) visit(node);
  return [...sorted];
}

function drawFrame({ scope, units, more }: Frame, edges: Diagram["edges"]): DrawnFrame {
  const inside = new Set(units.map(({ id }) => id));
  const entering = edges.filter(({ source, target }) => !inside.has(source) && inside.has(target));
  const leaving = edges.filter(({ source, target }) => inside.has(source) && !inside.has(target));
  const port = (id: string, pinned: "first" | "last"): LayoutNode => ({ id, width: 0, height: 0, pinned });
  const into = (source: string) =>
    `in ${entering.filter((edge) => edge.source === source).map(({ target }) => target)}`;
  const ins = [...new Set(entering.map(({ source }) => into(source)))];
  const outs = [...new Set(leaving.map(({ source }) => `out ${source}`))];
  const arrows: LayoutEdge[] = [
    ...ins.flatMap((id) =>
      id
        .slice("in ".length)
        .split(",")
        .map((target) => ({ source: id, target })),
    ),
    ...edges.filter(({ source, target }) => inside.has(source) && inside.has(target)),
    ...outs.map((id) => ({ source: id.slice("out ".length), target: id })),
  ];
  const nodes = [
    ...ins.map((id) => port(id, "first")),
    ...units.map(boxOf),
    ...outs.map((id) => port(id, "last")),
  ];
  const layout = layeredLayout(nodes, arrows, gaps);
  const label = `${scope}${more.length === 0 ? "" : ` and ${more.length} more alike`}`;
  const width = Math.max(layout.width, textWidth(label, 6.4)) + 2 * inset.x;
  const shift = (width - layout.width) / 2;
  const height = layout.height;
  const stack = Array.from({ length: Math.min(more.length, 2) }, (_, i) =>
    frameBox(width, height, 4 * (i + 1)),
  );
  const drawing = [
    ...stack.reverse(),
    frameBox(width, height, 0),
    `<g transform="translate(${shift.toFixed(1)} 0)">`,
    ...layout.paths.map((path, i) => drawEdge(path, !arrows[i]!.target.startsWith("out "))),
    ...units.map((unit) => drawUnit(unit, layout)),
    "</g>",
    `<text class="faint label" x="10" y="16" font-size="11" font-weight="600">${escapeXml(label)}</text>`,
  ].join("\n");
  const offset = (port: string) => layout.places.get(port)!.x + shift - width / 2;
  return {
    ...{ width, height, drawing },
    entry: (source) => offset(into(source)),
    exit: (source) => offset(`out ${source}`),
  };
}

function frameBox(width: number, height: number, behind: number): string {
  return `<rect class="frame" x="${behind}" y="${behind}" width="${width.toFixed(1)}" height="${height}" rx="10"/>`;
}

function drawEdge(path: string, tip: boolean): string {
  const [x, y] = path.split(/[\sMVC]/).slice(-2);
  const arrow = tip ? `<path class="tip" d="M${x} ${y}l-4 -7h8z"/>` : "";
  return `<path class="edge" d="${path}"/>${arrow}`;
}

function boxOf(unit: Unit): LayoutNode {
  const { title, name, note } = textsOf(unit);
  const width = Math.max(textWidth(title, 7.5) + textWidth(name, 6.6), textWidth(note, 6)) + 28;
  return { id: unit.id, width: Math.max(96, Math.ceil(width)), height: boxHeight };
}

function textsOf({ id, kind, type, details, folded, shape, parameters, scope }: Unit) {
  const extents = shape.map((extent) => extent ?? "?").join("×") || "number";
  const count = parameters > 0 ? ` · ${parameters.toLocaleString("en")}` : "";
  return {
    title: kind === "output" ? "output" : [type, ...details, ...folded.map((name) => `+ ${name}`)].join(" "),
    name: kind === "output" ? type : scope === null ? id : id.slice(scope.length + 1),
    note: `${extents}${count}`,
  };
}

function drawUnit(unit: Unit, layout: Layout): string {
  const { x, y } = layout.places.get(unit.id)!;
  const { width, height } = boxOf(unit);
  const { title, name, note } = textsOf(unit);
  const kind = kinds[unit.type] ?? "plain";
  const corner = unit.kind === "layer" ? 6 : height / 2;
  return [
    `<g transform="translate(${(x - width / 2).toFixed(1)} ${y})">`,
    `<rect class="box edge-${kind}" width="${width}" height="${height}" rx="${corner}"/>`,
    ...(unit.kind === "layer"
      ? [`<rect class="${kind}" x="0" y="8" width="4" height="${height - 16}" rx="2"/>`]
      : []),
    `<text class="ink" x="${width / 2}" y="18" text-anchor="middle" font-weight="600">${escapeXml(title)} <tspan class="faint" font-weight="400">${escapeXml(name)}</tspan></text>`,
    `<text class="faint" x="${width / 2}" y="33" text-anchor="middle" font-size="11">${note}</text>`,
    "</g>",
  ].join("");
}

/** Of a line in a usual font, a little too much. @param perCharacter pixels */
function textWidth(text: string, perCharacter: number): number {
  return perCharacter * text.length;
}
