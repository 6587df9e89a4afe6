/**
 * Numbers at the leaves 0 to `leaves - 1` of a binary tree whose nodes are the sums of their two children: a leaf is
 * changed, or found by a part of the total, in O(log leaves). A node depends on the leaves alone, and not on the order in
 * which they were set, so that leaves are all that needs saving.
 */
export class SumTree {
  /** Node i has the children 2 i and 2 i + 1; node 1 is the root; leaves begin at `base`. */
  private readonly nodes: Float64Array;
  private readonly base: number;

  constructor(leaves: number) {
    this.base = 2 ** Math.ceil(Math.log2(Math.max(2, leaves)));
    this.nodes = new Float64Array(2 * this.base);
  }

  get total(): number {
    return this.nodes[1]!;
  }

  get(leaf: number): number {
    return this.nodes[this.base + leaf]!;
  }

  /** @param value 0 or more */
  set(leaf: number, value: number): void {
    const { nodes } = this;
    let node = this.base + leaf;
    nodes[node] = value;
    while (node > 1) {
      node >>>= 1;
      nodes[node] = nodes[2 * node]! + nodes[2 * node + 1]!;
    }
  }

  /**
   * The leaf in whose share of the total a number falls: leaf i has the half-open range from the sum of the leaves before
   * it to that sum plus its own. Always one above 0, if there is one, whatever the rounding of sums.
   */
  find(share: number): number {
    const { nodes, base } = this;
    let node = 1;
    let rest = share;
    while (node < base) {
      const left = nodes[2 * node]!;
      const right = nodes[2 * node + 1]!;
      node *= 2;
      if (left > 0 && (rest < left || right === 0)) continue;
      rest -= left;
      node++;
    }
    return node - base;
  }

  clear(): void {
    this.nodes.fill(0);
  }
}
