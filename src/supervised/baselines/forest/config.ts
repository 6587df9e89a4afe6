import { z } from "zod";

export const randomForestConfigSchema = z.strictObject({
  trees: z.int().min(1).default(100).describe("default 100"),
  maxFeatures: z
    .union([z.enum(["sqrt", "log2", "all"]), z.int().min(1)])
    .default("sqrt")
    .describe("columns drawn for each split; default sqrt, the root of their number (Breiman 2001)"),
  maxDepth: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe("splits above a leaf; null for any; default null"),
  minSamplesSplit: z.int().min(2).default(2).describe("rows that a node needs to be split; default 2"),
  minSamplesLeaf: z.int().min(1).default(1).describe("rows that each side of a split needs; default 1"),
  bootstrap: z
    .boolean()
    .default(true)
    .describe("each tree learns from as many rows as there are, drawn with replacement; default true"),
});

export type RandomForestConfig = z.output<typeof randomForestConfigSchema>;

/** How many of so many columns a split looks at. */
export function featuresPerSplit(maxFeatures: RandomForestConfig["maxFeatures"], columns: number): number {
  if (typeof maxFeatures === "number") return Math.min(maxFeatures, columns);
  switch (maxFeatures) {
    case "sqrt":
      return Math.max(1, Math.floor(Math.sqrt(columns)));
    case "log2":
      return Math.max(1, Math.floor(Math.log2(columns)));
    case "all":
      return columns;
    default:
      throw new Error(`There is no maxFeatures ${JSON.stringify(maxFeatures satisfies never)}.`);
  }
}
