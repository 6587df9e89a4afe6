import { z } from "zod";
import { kernelSchema } from "./kernel.js";

const C = z.number().positive();

/** Settings of a support vector machine with a kernel. */
export const svmConfigSchema = z.strictObject({
  kernel: kernelSchema.prefault({ type: "rbf" }).describe("default rbf"),
  C: C.default(10).describe("price of a row on the wrong side of its margin; default 10"),
  tolerance: z
    .number()
    .positive()
    .default(1e-3)
    .describe("violation of the Kuhn-Tucker conditions that ends the fit; default 1e-3 (LIBSVM)"),
  maxIterations: z
    .int()
    .min(1)
    .default(10_000_000)
    .describe("most steps for one pair of classes; default 10,000,000 (LIBSVM)"),
  cacheMegabytes: z
    .number()
    .positive()
    .default(200)
    .describe("memory for kernel rows that are kept; changes nothing but the time; default 200"),
});

export type SvmConfig = z.output<typeof svmConfigSchema>;

/** Settings of a linear support vector machine. */
export const linearSvmConfigSchema = z.strictObject({
  C: C.default(1).describe("price of a row on the wrong side of its margin; default 1 (LIBLINEAR)"),
  loss: z
    .enum(["hinge", "squared-hinge"])
    .default("squared-hinge")
    .describe("max(0, 1 - y f), or its square; default squared-hinge (LIBLINEAR)"),
  bias: z
    .number()
    .nonnegative()
    .default(1)
    .describe("value of a column added to all rows, 0 for none; its weight is penalised too; default 1"),
  tolerance: z
    .number()
    .positive()
    .default(1e-3)
    .describe("spread of the projected gradients that ends the fit; default 1e-3 (LIBLINEAR: 0.1)"),
  maxEpochs: z.int().min(1).default(1000).describe("most passes over the rows for one class; default 1000"),
});

export type LinearSvmConfig = z.output<typeof linearSvmConfigSchema>;
