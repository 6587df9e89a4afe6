import { copySpace, type Seed, SpaceBase, seedMember, wrongSeed } from "./base.js";
import { batchSpace } from "./batch.js";
import { chosenOption, wrong } from "./choose.js";
import { type BatchOf, concatenate, iterate, tryIterate } from "./concatenate.js";
import { dtypeOf } from "./dtype.js";
import { jsonList, nest } from "./nested.js";
import type { Space } from "./space.js";
import { batchesFromJson, batchesToJson } from "./stacked-json.js";
import { requireSpaces } from "./tuple.js";

/** A graph: features of its n nodes and m edges, and which nodes each edge links. */
export interface GraphInstance<Nodes = unknown, Edges = unknown> {
  /** A batch of n elements of the node space. */
  readonly nodes: Nodes;
  /** A batch of m elements of the edge space; null where there is no edge. */
  readonly edges: Edges | null;
  /** Source and target of each edge, m x 2 indices of nodes, flat; null where there is no edge. */
  readonly edgeLinks: Int32Array | null;
}

/** What a Graph's elements are: batches as `concatenate` makes them. */
export type GraphOf<N extends Space<unknown>, E extends Space<unknown> | null> = GraphInstance<
  BatchOf<N>,
  E extends Space<unknown> ? BatchOf<E> : null
>;

/** What the batched node and edge spaces' `sample` takes; null for none. */
export type GraphRule = readonly [nodes: unknown, edges: unknown];

export interface GraphSampleOptions {
  readonly mask?: GraphRule | null;
  readonly probability?: GraphRule | null;
  /** 10 unless given. */
  readonly numNodes?: number | undefined;
  /** Drawn from 0 to numNodes * (numNodes - 1) - 1 unless given; then the edge rule is for one edge. */
  readonly numEdges?: number | undefined;
}

/**
 * Graphs with features on nodes and, unless the edge space is null, on edges.
 *
 * Source: `gymnasium.spaces.Graph`.
 */
export class Graph<
  N extends Space<unknown> = Space<unknown>,
  E extends Space<unknown> | null = Space<unknown> | null,
> extends SpaceBase<GraphOf<N, E>> {
  readonly type = "Graph";
  readonly shape = null;
  readonly dtype = null;

  constructor(
    readonly nodeSpace: N,
    readonly edgeSpace: E,
  ) {
    super();
    requireSpaces(this.type, this.members());
  }

  contains(x: unknown): x is GraphOf<N, E> {
    if (typeof x !== "object" || x === null || !("nodes" in x)) return false;
    const { nodes, edges = null, edgeLinks = null } = x as Partial<GraphInstance>;
    const nodeList = tryIterate(this.nodeSpace, nodes);
    if (nodeList === null || !nodeList.every((node) => this.nodeSpace.contains(node))) return false;
    if (edges === null || edgeLinks === null) return edges === null && edgeLinks === null;
    if (this.edgeSpace === null) return false;
    const edgeSpace: Space<unknown> = this.edgeSpace;
    const edgeList = tryIterate(edgeSpace, edges);
    if (edgeList === null || !edgeList.every((edge) => edgeSpace.contains(edge))) return false;
    return areLinks(edgeLinks, edgeList.length, nodeList.length);
  }

  /** `mask` and `probability` are `[nodes, edges]`: what the batched node and edge spaces take. */
  sample(options: GraphSampleOptions = {}): GraphOf<N, E> {
    this.seedIfNew(0);
    const { mask, probability } = chosenOption(this.type, options);
    const numNodes = options.numNodes ?? 10;
    requireCount("numNodes", numNodes, 1);
    const numEdges = options.numEdges ?? (numNodes > 1 ? this.rng.integers(0, numNodes * (numNodes - 1)) : 0);
    requireCount("numEdges", numEdges, 0);
    let [nodeRule, edgeRule] = mask ?? probability ?? [null, null];
    if (options.numEdges === undefined && edgeRule !== null)
      edgeRule = new Array<unknown>(numEdges).fill(edgeRule);
    const rule = (given: unknown) => (mask !== null ? { mask: given } : { probability: given });

    const nodes = sampleBatch(this.nodeSpace, numNodes, rule(nodeRule));
    if (numEdges === 0 || this.edgeSpace === null)
      return { nodes, edges: null, edgeLinks: null } as GraphOf<N, E>;
    const edges = sampleBatch(this.edgeSpace, numEdges, rule(edgeRule));
    const link = () => this.rng.integers(0, numNodes, { dtype: "int32" });
    return { nodes, edges, edgeLinks: Int32Array.from({ length: numEdges * 2 }, link) } as GraphOf<N, E>;
  }

  /** Per graph `{nodes, edges?, edge_links?}`; nodes and edges as stacked sequences of length 1, as Gymnasium writes them. */
  toJson(elements: readonly GraphOf<N, E>[]): Record<string, unknown>[] {
    return (elements as readonly GraphInstance[]).map(({ nodes, edges, edgeLinks }) => {
      const json = { nodes: batchesToJson(this.nodeSpace, [nodes]) };
      if (edges === null || edgeLinks === null || this.edgeSpace === null) return json;
      return {
        ...json,
        edges: batchesToJson(this.edgeSpace, [edges]),
        edge_links: nest(edgeLinks, [edgeLinks.length / 2, 2]),
      };
    });
  }

  fromJson(json: unknown): GraphOf<N, E>[] {
    return jsonList(json, "elements of Graph").map((graph) => {
      const { nodes, edges, edge_links } = graph as Record<string, unknown>;
      const hasEdges = edges !== undefined && this.edgeSpace !== null;
      return {
        nodes: batchesFromJson(this.nodeSpace, nodes)[0],
        edges: hasEdges ? batchesFromJson(this.edgeSpace as Space<unknown>, edges)[0] : null,
        edgeLinks: hasEdges
          ? Int32Array.from(jsonList(edge_links, "edge_links of Graph").flat() as number[])
          : null,
      } as GraphOf<N, E>;
    });
  }

  describe(): Record<string, unknown> {
    return {
      type: this.type,
      node_space: this.nodeSpace.describe(),
      edge_space: this.edgeSpace?.describe() ?? null,
    };
  }

  /** A number, or the seeds of the space, its nodes and (where it has them) its edges. Returns the latter. */
  override seed(seed: Seed): unknown[] {
    if (typeof seed === "number") {
      super.seed(seed);
      return this.seed([seed, ...this.drawMemberSeeds()]);
    }
    const members = this.members();
    if (!Array.isArray(seed) || seed.length !== members.length + 1) {
      throw wrongSeed(this.type, seed, `a number or ${members.length + 1} seeds`);
    }
    const [own, ...others] = seed as Seed[];
    return [super.seed(own as Seed), ...members.map((space, i) => seedMember(space, others[i] as Seed))];
  }

  copy(): Graph<N, E> {
    const edgeSpace = this.edgeSpace === null ? null : copySpace(this.edgeSpace);
    return this.withRng(new Graph(copySpace(this.nodeSpace) as N, edgeSpace as E));
  }

  protected override members(): readonly Space<unknown>[] {
    return this.edgeSpace === null ? [this.nodeSpace] : [this.nodeSpace, this.edgeSpace];
  }
}

/** As Gymnasium draws: from a copy of the space's generator, which then skips one `random()` itself. */
function sampleBatch(
  space: Space<unknown>,
  n: number,
  rule: { mask?: unknown; probability?: unknown },
): unknown {
  const drawn = batchSpace(space, n).sample(rule);
  space.rng.random();
  return concatenate(space, iterate(space, drawn));
}

function areLinks(links: unknown, numEdges: number, numNodes: number): boolean {
  const dtype = dtypeOf(links);
  if (dtype === null || dtype.startsWith("float")) return false;
  const indices = links as ArrayLike<number>;
  if (indices.length !== 2 * numEdges) return false;
  for (let i = 0; i < indices.length; i++) {
    const node = indices[i] as number;
    if (!(node >= 0 && node < numNodes)) return false;
  }
  return true;
}

function requireCount(name: string, count: number, least: number): void {
  if (Number.isSafeInteger(count) && count >= least) return;
  throw wrong("Graph", `${name} is ${count}, expected an integer of at least ${least}`);
}

/**
 * A Graph space: `graph(box({ low: -1, high: 1, shape: [2] }), discrete(3))`; the edge space may be null.
 *
 * @throws GymnasiumError `invalid-space` if a member is no space
 */
export function graph<N extends Space<unknown>, E extends Space<unknown> | null = null>(
  nodeSpace: N,
  edgeSpace: E = null as E,
): Graph<N, E> {
  return new Graph(nodeSpace, edgeSpace);
}
