import { negativeColour, positiveColour } from "./colouring.js";
import type { Neuron } from "./experiment.js";
import { type Connection, endsOf, type Layout } from "./layout.js";
import { pixelRatio } from "./pixel-ratio.js";

/** How far what flows along the connections has come. */
export interface Tide {
  seconds: number;
}

export interface ConnectionsDrawn {
  layout: Layout;
  all: readonly Connection[];
  neurons: ReadonlyMap<string, readonly Neuron[]>;
  /** The one under the pointer. */
  pointed: Connection | null;
  /** Null where nothing flows. */
  tide: Tide | null;
}

/** Weights below this flow too little to be seen. */
const leastFlow = 0.2;
/** Pixels. */
const drop = { length: 2, apart: 14, perSecond: 24 } as const;

/** Draws each connection as thick and bright as its weight, in the colour of its sign. */
export function drawConnections(
  canvas: HTMLCanvasElement,
  { layout, all, neurons, pointed, tide }: ConnectionsDrawn,
): void {
  const { width, height } = layout;
  const ratio = pixelRatio.value;
  const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== across || canvas.height !== down) {
    canvas.width = across;
    canvas.height = down;
  }
  const context = canvas.getContext("2d")!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.lineCap = "round";
  for (const connection of all) {
    const { to, input } = connection;
    const weight = neurons.get(to.node)?.[to.unit]?.weights[input] ?? 0;
    const strength = Math.min(1, Math.abs(weight) / 2);
    const curve = curveOf(connection);
    context.strokeStyle = weight < 0 ? negativeColour : positiveColour;
    context.globalAlpha = connection === pointed ? 1 : 0.14 + 0.5 * strength;
    context.lineWidth = (connection === pointed ? 1.5 : 0.75) + 4 * strength;
    context.stroke(curve);
    if (tide === null || Math.abs(weight) < leastFlow) continue;
    context.globalAlpha = 0.3 + 0.6 * strength;
    context.lineWidth = 1 + 2 * strength;
    context.setLineDash([drop.length, drop.apart]);
    context.lineDashOffset = -tide.seconds * drop.perSecond;
    context.stroke(curve);
    context.setLineDash([]);
  }
  context.globalAlpha = 1;
}

function curveOf(connection: Connection): Path2D {
  const { x0, y0, x1, y1 } = endsOf(connection);
  const middle = (x0 + x1) / 2;
  const curve = new Path2D();
  curve.moveTo(x0, y0);
  curve.bezierCurveTo(middle, y0, middle, y1, x1, y1);
  return curve;
}
