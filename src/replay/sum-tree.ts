/**
 * Numbers at the leaves 0 to `leaves - 1` of a binary tree whose nodes are the sums of their two children: a leaf is
 * changed, or found by a part of the total, in O(log leaves). A node depends on the leaves alone, and not on the order in
 * which they were set, so that leaves are all that needs saving.
 */
export class SumTree {
  /** Node i has the children 2 i and 2 i + 1; node 1 is the root; leaves begin at `base`. */
  private readonly nodes: Float64Array;
  private readonly base: number;
  private readonly wanted = new Float64Array(1);

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
    const node = this.base + leaf;
    this.nodes[node] = value;
    this.sumAbove(node);
  }

  /**
   * The leaf in whose share of the total a number falls: leaf i has the half-open range from the sum of the leaves before
   * it to that sum plus its own. Always one above 0, if there is one, whatever the rounding of sums.
   */
  find(share: number): number {
    this.wanted[0] = share;
    return this.leafAt(this.wanted, 0);
  }

  private sumAbove(changed: number): void {
    const { nodes } = this;
    for (let node = changed >>> 1; node > 0; node >>>= 1)
      nodes[node] = nodes[2 * node]! + nodes[2 * node + 1]!;
  }

  private leafAt(shares: Float64Array, at: number): number {
    const { nodes, base } = this;
    let node = 1;
    let rest = shares[at]!;
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

  /** `find` for each share. Numbers in arrays are never boxed, as those handed from call to call may be. */
  findAll(shares: Float64Array, leaves: Int32Array): void {
    for (let i = 0; i < leaves.length; i++) leaves[i] = this.leafAt(shares, i);
  }

  /** `get` for each leaf. */
  getAll(leaves: Int32Array, values: Float64Array): void {
    for (let i = 0; i < leaves.length; i++) values[i] = this.nodes[this.base + leaves[i]!]!;
  }

  /** `set` for each leaf, in order. */
  setAll(leaves: Int32Array, values: Float64Array): void {
    for (let i = 0; i < leaves.length; i++) {
      const node = this.base + leaves[i]!;
      this.nodes[node] = values[i]!;
      this.sumAbove(node);
    }
  }

  clear(): void {
    this.nodes.fill(0);
  }
}
