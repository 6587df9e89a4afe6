import { sizeOf } from "../tensors/index.js";

export interface ParameterTable {
  rows: { name: string; shape: number[]; parameters: number }[];
  /** Sum of all rows. */
  total: number;
}

/** Names, shapes and sizes of a net's parameters, in the order of the layers. */
export function parameterTable(net: {
  parameters: ReadonlyMap<string, { shape: readonly number[] }>;
}): ParameterTable {
  const rows = [...net.parameters].map(([name, { shape }]) => ({
    name,
    shape: [...shape],
    parameters: sizeOf(shape),
  }));
  return { rows, total: rows.reduce((total, { parameters }) => total + parameters, 0) };
}
