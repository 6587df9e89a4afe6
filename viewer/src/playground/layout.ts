import { featureNames } from "./features.js";
import { hiddenNode, outputNode } from "./network.js";
import type { Settings } from "./settings.js";

/** Pixels. */
export const nodeSide = 40;
const rowPitch = 52;
const labelWidth = 56;
const headHeight = 64;
/** Between the net and what is around it: as much as looks well, and as little as does. */
const edges = { roomy: { left: 16, right: 40 }, tight: { left: 8, right: 8 } } as const;
const leastPitch = 76;
const mostPitch = 280;

/** The column of inputs, which is no node of the model. */
export const inputColumn = "input";

/** Where a neuron, or a feature, is. */
export interface Place {
  node: string;
  unit: number;
  /** Top left, in pixels. */
  x: number;
  y: number;
}

export interface Column {
  node: string;
  /** Middle, in pixels. */
  x: number;
  places: readonly Place[];
}

export interface Layout {
  width: number;
  height: number;
  columns: readonly Column[];
}

/**
 * Where all features and neurons are drawn.
 *
 * @param available pixels; where they do not do, the layout is wider, and where they are plenty, it is narrower
 */
export function layoutOf({ layers }: Pick<Settings, "layers">, available: number): Layout {
  const counts = [featureNames.length, ...layers, 1];
  const nodes = [inputColumn, ...layers.map((_, index) => hiddenNode(index)), outputNode];
  const gaps = counts.length - 1;
  const widthOf = ({ left, right }: { left: number; right: number }, pitch: number): number =>
    left + labelWidth + nodeSide + gaps * pitch + right;
  const { left, right } = available < widthOf(edges.roomy, leastPitch) ? edges.tight : edges.roomy;
  const width = Math.min(
    Math.max(available, widthOf({ left, right }, leastPitch)),
    widthOf({ left, right }, mostPitch),
  );
  const first = left + labelWidth + nodeSide / 2;
  const last = width - right - nodeSide / 2;
  const rows = Math.max(...counts);
  const columns = nodes.map((node, column): Column => {
    const x = first + ((last - first) * column) / gaps;
    const top = headHeight + (column === 0 ? 0 : ((rows - counts[column]!) * rowPitch) / 2);
    const places = Array.from({ length: counts[column]! }, (_, unit) => {
      return { node, unit, x: x - nodeSide / 2, y: top + unit * rowPitch };
    });
    return { node, x, places };
  });
  return { width, height: headHeight + rows * rowPitch - (rowPitch - nodeSide) + 16, columns };
}

/** A line from a feature or neuron to a neuron of the next column. */
export interface Connection {
  from: Place;
  to: Place;
  /** Which of the weights of `to` it is. */
  input: number;
}

/** All connections, of features that are chosen only. */
export function connectionsOf(
  { columns }: Layout,
  { features }: Pick<Settings, "features">,
): readonly Connection[] {
  return columns.slice(1).flatMap(({ places }, index) => {
    const before = columns[index]!.places.filter(
      ({ unit }) => index > 0 || features.includes(featureNames[unit]!),
    );
    return places.flatMap((to) => before.map((from, input) => ({ from, to, input })));
  });
}

/** Ends of a connection, which leaves and arrives level. */
export function endsOf({ from, to }: Connection): { x0: number; y0: number; x1: number; y1: number } {
  const middle = nodeSide / 2;
  return { x0: from.x + nodeSide, y0: from.y + middle, x1: to.x, y1: to.y + middle };
}

/** The connection that runs within so many pixels of a point; the nearest, or null. */
export function connectionAt(
  connections: readonly Connection[],
  [x, y]: readonly [number, number],
  within = 6,
): Connection | null {
  let nearest: Connection | null = null;
  let least = within;
  for (const connection of connections) {
    const { x0, y0, x1, y1 } = endsOf(connection);
    if (x < x0 || x > x1) continue;
    const distance = Math.abs(heightAt((x - x0) / (x1 - x0), y0, y1) - y);
    if (distance < least) {
      least = distance;
      nearest = connection;
    }
  }
  return nearest;
}

/** Of the curve with its two control points halfway across. @param share of the way across, 0 to 1 */
function heightAt(share: number, y0: number, y1: number): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 20; i++) {
    const t = (low + high) / 2;
    const across = 1.5 * t * (1 - t) + t ** 3;
    if (across < share) low = t;
    else high = t;
  }
  const t = (low + high) / 2;
  return y0 + (y1 - y0) * (3 * t ** 2 - 2 * t ** 3);
}
