import type { LayerType } from "./layers/index.js";

/** Inputs, by number, whose rows are not those of the layer's output: the edges of a graph are no nodes. */
const apart: Partial<Record<LayerType, readonly number[]>> = { graphConv: [1, 2] };

interface JoinedNode {
  name: string;
  type: LayerType;
  inputs: readonly { node: string }[];
}

/**
 * Which inputs and nodes of a model have a row for each other's rows: a batch of examples, or a graph's nodes, or its edges.
 *
 * @returns of every input and node, the name of one that stands for all of its kind
 */
export function rowGroups(
  inputs: readonly string[],
  nodes: readonly JoinedNode[],
): ReadonlyMap<string, string> {
  const names = [...inputs, ...nodes.map(({ name }) => name)];
  const groups = new Map(names.map((name) => [name, name]));
  const rootOf = (name: string): string => {
    let root = name;
    while (groups.get(root) !== root) root = groups.get(root)!;
    return root;
  };
  const join = (members: readonly string[]) => {
    for (const member of members) groups.set(rootOf(member), rootOf(members[0]!));
  };
  for (const { name, type, inputs } of nodes) {
    const others = apart[type] ?? [];
    const sources = inputs.map(({ node }) => node);
    join([...sources.filter((_, index) => !others.includes(index)), name]);
    join(others.map((index) => sources[index]!));
  }
  return new Map(names.map((name) => [name, rootOf(name)]));
}
