import { NetError } from "../errors.js";

/** The edges that a graph convolution takes: `[edges, 2]`, source and target, and a weight for each. */
export interface NormalizedEdges {
  edges: Int32Array;
  weights: Float32Array;
}

/**
 * D^-1/2 (A + I) D^-1/2 of an undirected graph, as a list of its entries that are not 0: both directions of each edge and a loop at
 * each node, by target and then by source. D counts a node's edges and its loop.
 *
 * Source: Kipf & Welling 2017, section 2, https://arxiv.org/abs/1609.02907
 *
 * @param pairs undirected edges, each once, without loops
 * @param nodes how many there are
 * @throws {NetError} `invalid-input` if a pair is a loop, comes twice or names a node that there is not
 */
export function normalizedEdges(
  pairs: readonly (readonly [number, number])[],
  nodes: number,
): NormalizedEdges {
  checkPairs(pairs, nodes);
  const neighbours = Array.from({ length: nodes }, (_, node) => [node]);
  for (const [a, b] of pairs) {
    neighbours[a]!.push(b);
    neighbours[b]!.push(a);
  }
  const count = neighbours.reduce((sum, { length }) => sum + length, 0);
  const edges = new Int32Array(2 * count);
  const weights = new Float32Array(count);
  let at = 0;
  for (const [target, sources] of neighbours.entries()) {
    for (const source of sources.sort((a, b) => a - b)) {
      edges[2 * at] = source;
      edges[2 * at + 1] = target;
      weights[at] = 1 / Math.sqrt(sources.length * neighbours[source]!.length);
      at++;
    }
  }
  return { edges, weights };
}

function checkPairs(pairs: readonly (readonly [number, number])[], nodes: number): void {
  const seen = new Set<number>();
  for (const [a, b] of pairs) {
    const outside = [a, b].find((node) => !Number.isInteger(node) || node < 0 || node >= nodes);
    if (outside !== undefined) {
      throw invalid(`names node ${outside}, but of ${nodes} nodes the numbers are 0 to ${nodes - 1}`, a, b);
    }
    if (a === b) throw invalid("is a loop; leave loops out, each node gets one", a, b);
    const key = Math.min(a, b) * nodes + Math.max(a, b);
    if (seen.has(key)) throw invalid("comes twice; give each edge once, in one of its directions", a, b);
    seen.add(key);
  }
}

function invalid(fault: string, a: number, b: number): NetError {
  return new NetError("invalid-input", `The edge ${a}-${b} ${fault}.`);
}
