import { type LayerSummary, type ModelSpec, summarizeModel } from "../nets/index.js";

/** A box of a diagram: an input, an output, or a layer with what is applied to its output at once. */
export interface Unit {
  id: string;
  kind: "input" | "output" | "layer";
  type: string;
  /** What tells it from others of its type, such as `3x3`, then the layers that are folded into it. */
  details: string[];
  folded: string[];
  shape: LayerSummary["shape"];
  parameters: number;
  /** Of the frame that it lies in; null for none. */
  scope: string | null;
}

/** Units whose names begin alike, such as `stage1.block2`. */
export interface Frame {
  scope: string;
  units: Unit[];
  /** Scopes of frames after it that are alike and so are not drawn. */
  more: string[];
}

export interface Diagram {
  /** In an order in which sources come before their targets. */
  units: Unit[];
  frames: Frame[];
  edges: { source: string; target: string }[];
}

const foldable = new Set(["batchNorm", "layerNorm", "localResponseNorm", "activation", "dropout"]);

/**
 * What a drawing of a model shows.
 *
 * @param full every layer and every block; else norms, activations and dropouts are folded into the layer before them, and of
 * blocks that are alike and follow each other only the first is shown
 */
export function diagramOf(spec: ModelSpec, full: boolean): Diagram {
  const layers = new Map(summarizeModel(spec).layers.map((layer) => [layer.name, layer]));
  const uses = new Map<string, number>();
  const used = [...spec.nodes.flatMap(({ inputs }) => inputs), ...Object.values(spec.outputs)].map(nodeOf);
  for (const name of used) uses.set(name, (uses.get(name) ?? 0) + 1);
  const unitOf = new Map<string, Unit>();
  const units: Unit[] = [];
  const edges: Diagram["edges"] = [];
  const add = (unit: Omit<Unit, "folded" | "details" | "scope"> & Partial<Unit>, name: string) => {
    const whole = { folded: [], details: [], scope: null, ...unit };
    units.push(whole);
    unitOf.set(name, whole);
  };
  for (const [name, { shape }] of Object.entries(spec.inputs)) {
    add({ id: name, kind: "input", type: "input", shape, parameters: 0 }, name);
  }
  for (const { name, inputs, layer } of spec.nodes) {
    const { type, shape, parameters } = layers.get(name)!;
    const before = unitOf.get(nodeOf(inputs[0]!))!;
    if (!full && foldable.has(type) && before.kind === "layer" && uses.get(nodeOf(inputs[0]!)) === 1) {
      before.folded.push("activation" in layer ? String(layer.activation) : type);
      before.parameters += parameters;
      unitOf.set(name, before);
      continue;
    }
    add(
      { id: name, kind: "layer", type, details: detailsOf(layer), shape, parameters, scope: scopeOf(name) },
      name,
    );
    for (const source of new Set(inputs.map((text) => unitOf.get(nodeOf(text))!.id))) {
      edges.push({ source, target: name });
    }
  }
  for (const [name, text] of Object.entries(spec.outputs)) {
    const { id: source, shape } = unitOf.get(nodeOf(text))!;
    const id = `output ${name}`;
    add({ id, kind: "output", type: name, shape, parameters: 0 }, id);
    edges.push({ source, target: id });
  }
  const frames = framesOf(units, edges);
  const diagram = { units, frames, edges };
  return full ? diagram : withoutRepeats(diagram);
}

function nodeOf(reference: string): string {
  return reference.split(":")[0]!;
}

function scopeOf(name: string): string | null {
  const parts = name.split(".");
  return parts.length === 1 ? null : parts.slice(0, Math.min(2, parts.length - 1)).join(".");
}

function detailsOf(layer: object): string[] {
  const { size, stride, filters, units, rate, activation } = layer as Record<string, unknown>;
  const sides = (value: unknown) => (Array.isArray(value) ? value.join("x") : `${value}x${value}`);
  const isImage = "type" in layer && layer.type !== "embedding" && layer.type !== "conv1d";
  return [
    ...(size !== undefined && isImage ? [sides(size)] : []),
    ...(filters !== undefined || units !== undefined ? [String(filters ?? units)] : []),
    ...(stride !== undefined && stride !== 1
      ? [`/${Array.isArray(stride) ? stride.join("x") : stride}`]
      : []),
    ...(rate !== undefined ? [String(rate)] : []),
    ...(activation !== undefined && activation !== "linear" ? [String(activation)] : []),
  ];
}

/** Frames of two units or more, unless one would have to lie both before and after something else. */
function framesOf(units: readonly Unit[], edges: Diagram["edges"]): Frame[] {
  const frames = new Map<string, Frame>();
  for (const unit of units) {
    if (unit.scope === null) continue;
    const frame = frames.get(unit.scope) ?? { scope: unit.scope, units: [], more: [] };
    frame.units.push(unit);
    frames.set(unit.scope, frame);
  }
  const kept = [...frames.values()].filter(
    (frame) => frame.units.length > 1 && isConvex(frame, units, edges),
  );
  const scopes = new Set(kept.map(({ scope }) => scope));
  for (const unit of units) {
    if (unit.scope !== null && !scopes.has(unit.scope)) unit.scope = null;
  }
  return kept;
}

/** Whether no way leaves a frame and comes back. */
function isConvex({ units: own }: Frame, units: readonly Unit[], edges: Diagram["edges"]): boolean {
  const inside = new Set(own.map(({ id }) => id));
  const left = new Set<string>();
  for (const { id } of units) {
    for (const { source, target } of edges) {
      if (target !== id || !(inside.has(source) || left.has(source))) continue;
      if (!inside.has(id)) left.add(id);
      else if (left.has(source)) return false;
    }
  }
  return true;
}

/** Frames of one stage that are alike and follow each other, as the first of them. */
function withoutRepeats({ units, frames, edges }: Diagram): Diagram {
  const kept: Frame[] = [];
  const standIns = new Map<string, string>();
  for (const frame of frames) {
    const last = kept.at(-1);
    if (last === undefined || likeness(last) !== likeness(frame)) {
      kept.push(frame);
      continue;
    }
    last.more.push(frame.scope);
    for (const [i, { id }] of frame.units.entries()) standIns.set(id, last.units[i]!.id);
  }
  const links = new Map<string, Diagram["edges"][number]>();
  for (const { source, target } of edges) {
    if (standIns.has(target)) continue;
    const shown = { source: standIns.get(source) ?? source, target };
    links.set(`${shown.source} ${target}`, shown);
  }
  return { units: units.filter(({ id }) => !standIns.has(id)), frames: kept, edges: [...links.values()] };
}

function likeness({ scope, units }: Frame): string {
  const stage = scope.includes(".") ? scope.slice(0, scope.indexOf(".")) : scope;
  return JSON.stringify([stage, units.map(({ type, details, folded }) => [type, details, folded])]);
}
