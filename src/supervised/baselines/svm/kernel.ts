import { z } from "zod";

/** Kernels of two rows a and b. */
export const kernelSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("rbf").describe("exp(-gamma |a - b|^2)"),
    gamma: z
      .union([z.literal("scale"), z.number().positive()])
      .default("scale")
      .describe("inverse squared width; scale: 1 / (columns x variance of all values); default scale"),
  }),
  z.strictObject({ type: z.literal("linear").describe("a.b") }),
  z.strictObject({
    type: z.literal("polynomial").describe("(gamma a.b + offset)^degree"),
    degree: z.int().min(1).default(3).describe("default 3"),
    gamma: z
      .union([z.literal("scale"), z.number().positive()])
      .default("scale")
      .describe("factor of the product; scale: 1 / (columns x variance of all values); default scale"),
    offset: z.number().default(0).describe("added to the product; default 0"),
  }),
]);

export type KernelConfig = z.output<typeof kernelSchema>;

/** A kernel of which `gamma` is a number. */
export type Kernel =
  | Extract<KernelConfig, { type: "linear" }>
  | (Exclude<KernelConfig, { type: "linear" }> & { gamma: number });

/** Whether `gamma` is a number, where the kernel has one. */
export function isScaled(kernel: KernelConfig): kernel is Kernel {
  return kernel.type === "linear" || kernel.gamma !== "scale";
}

/** Turns the products of one row with each of many into kernel values, in place. */
export function applyKernel(
  kernel: Kernel,
  products: Float64Array,
  { squaredNorm, squaredNorms }: { squaredNorm: number; squaredNorms: Float64Array },
): void {
  switch (kernel.type) {
    case "rbf":
      for (let i = 0; i < products.length; i++) {
        const squaredDistance = squaredNorm + squaredNorms[i]! - 2 * products[i]!;
        products[i] = Math.exp(-kernel.gamma * squaredDistance);
      }
      return;
    case "linear":
      return;
    case "polynomial":
      for (let i = 0; i < products.length; i++) {
        products[i] = (kernel.gamma * products[i]! + kernel.offset) ** kernel.degree;
      }
      return;
    default:
      throw new Error(`There is no kernel ${JSON.stringify(kernel satisfies never)}.`);
  }
}
