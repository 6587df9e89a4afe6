import type { EngineName } from "../../src/tensors/index.js";

/** Specs of tfjs-core that an engine does not have to pass. */
export interface Exclusion {
  /** Full name of a spec without its environment (`abs basic`, not `abs cpu {} basic`), or the beginning of several. */
  spec: string;
  engines: readonly EngineName[] | "all";
  /** Why the engine is right not to pass, in one sentence. */
  reason: string;
}

export const exclusions: readonly Exclusion[] = [
  {
    spec: "avgPool gradient x=[3,3,1] f=[3,3] s=1 p=explicit",
    engines: "all",
    reason:
      "It expects upstream's gradient, which divides by the whole window where the kernel divides by the part of it " +
      "inside the image; ours follows the kernel, as central differences in conformance.test.ts confirm.",
  },
  {
    spec: "conv2dTranspose input=8x8x8,output=4x4x8,f=8,s=1,inDepth=8,p=same vec4",
    engines: ["native"],
    reason:
      "The spec is ill-formed (a 'same' convolution of stride 1 cannot turn 4x4 into 8x8), and expects what one backend " +
      "made of it; tfjs-node leaves it out, too.",
  },
];
