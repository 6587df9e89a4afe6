/** A box of a drawing, in pixels. */
export interface LayoutNode {
  id: string;
  width: number;
  height: number;
  /** In the first or the last layer, whatever its edges say. */
  pinned?: "first" | "last";
}

/** An arrow from the bottom of one box to the top of another; offsets are from the middle of the box. */
export interface LayoutEdge {
  source: string;
  target: string;
  sourceOffset?: number;
  targetOffset?: number;
}

export interface Layout {
  width: number;
  height: number;
  /** Middle and top of each box. */
  places: ReadonlyMap<string, { x: number; y: number }>;
  /** SVG path data of each edge, in the order of the edges. */
  paths: readonly string[];
}

export interface LayoutGaps {
  across: number;
  down: number;
}

/** A place in a layer: a box, or where a long edge passes. */
interface Slot {
  node: LayoutNode | null;
  width: number;
  x: number;
  above: Slot[];
  below: Slot[];
}

const sweeps = 12;

/**
 * Boxes of an acyclic graph in layers from top to bottom. Edges bend between layers only, and go straight down in lanes of their own
 * through the layers that they pass, so that none runs through a box. Edges of one source share their lanes.
 *
 * Source: Sugiyama et al. 1981, Methods for visual understanding of hierarchical system structures
 *
 * @param nodes in an order in which sources come before their targets
 */
export function layeredLayout(
  nodes: readonly LayoutNode[],
  edges: readonly LayoutEdge[],
  gaps: LayoutGaps,
): Layout {
  const ranks = ranksOf(nodes, edges);
  const { layers, routes } = slotsOf(nodes, edges, ranks);
  order(layers);
  for (let sweep = 0; sweep < sweeps; sweep++) place(layers, sweep % 2 === 0, gaps.across);
  const slots = layers.flat();
  const left = Math.min(...slots.map(({ x, width }) => x - width / 2));
  for (const slot of slots) slot.x -= left;
  const heights = layers.map((layer) => Math.max(0, ...layer.map(({ node }) => node?.height ?? 0)));
  const tops = heights.map((_, rank) =>
    heights.slice(0, rank).reduce((sum, height) => sum + height + gaps.down, 0),
  );
  return {
    width: Math.max(...slots.map(({ x, width }) => x + width / 2)),
    height: tops.at(-1)! + heights.at(-1)!,
    places: new Map(
      layers.flatMap((layer, rank) =>
        layer.flatMap(({ node, x }) => (node === null ? [] : [[node.id, { x, y: tops[rank]! }] as const])),
      ),
    ),
    paths: edges.map((edge, index) =>
      pathOf(routes[index]!, edge, { tops, heights, first: ranks.get(edge.source)! }),
    ),
  };
}

/** Longest ways from the sources; a source itself comes just before the first that needs it. */
function ranksOf(nodes: readonly LayoutNode[], edges: readonly LayoutEdge[]): Map<string, number> {
  const ranks = new Map<string, number>();
  for (const { id } of nodes) {
    const before = edges.filter(({ target }) => target === id).map(({ source }) => ranks.get(source)!);
    ranks.set(id, Math.max(-1, ...before) + 1);
  }
  const last = Math.max(...ranks.values());
  for (const { id, pinned } of nodes) {
    if (pinned === "last") ranks.set(id, last);
    const fed = edges.some(({ target }) => target === id);
    const after = edges.filter(({ source }) => source === id).map(({ target }) => ranks.get(target)!);
    if (pinned === undefined && !fed && after.length > 0) ranks.set(id, Math.min(...after) - 1);
  }
  return ranks;
}

function slotsOf(
  nodes: readonly LayoutNode[],
  edges: readonly LayoutEdge[],
  ranks: ReadonlyMap<string, number>,
): { layers: Slot[][]; routes: Slot[][] } {
  const layers: Slot[][] = Array.from({ length: Math.max(...ranks.values()) + 1 }, () => []);
  const add = (rank: number, node: LayoutNode | null): Slot => {
    const slot = { node, width: node?.width ?? 0, x: 0, above: [], below: [] };
    layers[rank]!.push(slot);
    return slot;
  };
  const boxes = new Map(nodes.map((node) => [node.id, add(ranks.get(node.id)!, node)]));
  const lanes = new Map<string, Slot>();
  const routes = edges.map(({ source, target, sourceOffset = 0 }) => {
    const route = [boxes.get(source)!];
    for (let rank = ranks.get(source)! + 1; rank < ranks.get(target)!; rank++) {
      const key = `${rank} ${sourceOffset} ${source}`;
      const lane = lanes.get(key) ?? add(rank, null);
      if (!lanes.has(key)) join(route.at(-1)!, lane);
      lanes.set(key, lane);
      route.push(lane);
    }
    join(route.at(-1)!, boxes.get(target)!);
    return [...route, boxes.get(target)!];
  });
  return { layers, routes };
}

function join(above: Slot, below: Slot): void {
  above.below.push(below);
  below.above.push(above);
}

/** Sorts layers by the mean of their neighbours, and keeps the order with the fewest crossings. */
function order(layers: Slot[][]): void {
  let best = layers.map((layer) => [...layer]);
  let fewest = crossingsOf(layers);
  for (let sweep = 0; sweep < sweeps && fewest > 0; sweep++) {
    const downwards = sweep % 2 === 0;
    for (const layer of downwards ? layers : layers.toReversed()) {
      const means = new Map(layer.map((slot, at) => [slot, meanIndex(slot, at, layers, downwards)]));
      layer.sort((a, b) => means.get(a)! - means.get(b)!);
    }
    const crossings = crossingsOf(layers);
    if (crossings >= fewest) continue;
    fewest = crossings;
    best = layers.map((layer) => [...layer]);
  }
  for (const [rank, layer] of best.entries()) layers[rank] = layer;
}

function meanIndex(slot: Slot, at: number, layers: readonly Slot[][], downwards: boolean): number {
  const neighbours = downwards ? slot.above : slot.below;
  if (neighbours.length === 0) return at;
  const layer = layers.find((candidates) => candidates.includes(neighbours[0]!))!;
  return neighbours.reduce((sum, neighbour) => sum + layer.indexOf(neighbour), 0) / neighbours.length;
}

function crossingsOf(layers: readonly Slot[][]): number {
  let crossings = 0;
  for (const [rank, layer] of layers.slice(1).entries()) {
    const upper = layers[rank]!;
    const ends = upper.flatMap((slot, from) =>
      slot.below.map((below) => [from, layer.indexOf(below)] as const),
    );
    for (const [i, [from, to]] of ends.entries()) {
      for (const [otherFrom, otherTo] of ends.slice(i + 1)) {
        if ((from - otherFrom) * (to - otherTo) < 0) crossings++;
      }
    }
  }
  return crossings;
}

/** Moves every layer towards its neighbours, as near as its order and its gaps allow. */
function place(layers: readonly Slot[][], downwards: boolean, gap: number): void {
  for (const layer of downwards ? layers : layers.toReversed()) {
    const wanted = layer.map((slot) => {
      const all = [...slot.above, ...slot.below];
      const lanes = slot.node === null ? all.filter(({ node }) => node === null) : [];
      const near = lanes.length > 0 ? lanes : downwards ? slot.above : slot.below;
      const neighbours = near.length > 0 ? near : all;
      if (neighbours.length === 0) return slot.x;
      return neighbours.reduce((sum, { x }) => sum + x, 0) / neighbours.length;
    });
    const offsets = [0];
    for (let i = 1; i < layer.length; i++) {
      offsets.push(offsets[i - 1]! + (layer[i - 1]!.width + layer[i]!.width) / 2 + gap);
    }
    const places = increasing(wanted.map((x, i) => x - offsets[i]!));
    for (const [i, slot] of layer.entries()) slot.x = places[i]! + offsets[i]!;
  }
}

/** The numbers that never fall and are nearest by squares: pools adjacent violators. */
function increasing(wanted: readonly number[]): number[] {
  const pools: { sum: number; count: number }[] = [];
  for (const value of wanted) {
    let pool = { sum: value, count: 1 };
    for (
      let last = pools.at(-1);
      last && last.sum / last.count > pool.sum / pool.count;
      last = pools.at(-1)
    ) {
      pools.pop();
      pool = { sum: pool.sum + last.sum, count: pool.count + last.count };
    }
    pools.push(pool);
  }
  return pools.flatMap(({ sum, count }) => Array<number>(count).fill(sum / count));
}

interface Heights {
  tops: readonly number[];
  heights: readonly number[];
  /** Layer of the source. */
  first: number;
}

function pathOf(
  route: readonly Slot[],
  { sourceOffset = 0, targetOffset = 0 }: LayoutEdge,
  { tops, heights, first }: Heights,
): string {
  const x = (slot: Slot, i: number) =>
    slot.x + (i === 0 ? sourceOffset : i === route.length - 1 ? targetOffset : 0);
  const steps = route.slice(1).map((slot, i) => {
    const bottom = tops[first + i]! + heights[first + i]!;
    const top = tops[first + i + 1]!;
    const middle = (bottom + top) / 2;
    const from = x(route[i]!, i).toFixed(1);
    const to = x(slot, i + 1).toFixed(1);
    return `V${bottom}C${from} ${middle} ${to} ${middle} ${to} ${top}`;
  });
  return `M${x(route[0]!, 0).toFixed(1)} ${tops[first]! + route[0]!.node!.height}${steps.join("")}`;
}
