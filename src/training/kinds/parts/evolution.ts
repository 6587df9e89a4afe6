import { z } from "zod";
import { searchAlgorithmSchema } from "../../../agents/index.js";
import { netSpecSchema } from "../../../nets/index.js";
import { positive } from "./fields.js";

/** What is searched, and by how many episodes: the same for a run and for `search`. */
export const searchParts = {
  net: netSpecSchema
    .prefault({ type: "mlp", hidden: [16], activation: "tanh" })
    .describe("body of the policy; default an mlp of [16] with tanh"),
  observations: z
    .enum(["bounds", "raw"])
    .default("bounds")
    .describe(
      "bounds: float observations are divided by the larger magnitude of their bounds; default bounds",
    ),
  episodes: positive
    .max(10_000)
    .default(1)
    .describe(
      "episodes that fitness is the mean return of, from the same seeds for a whole generation; default 1",
    ),
};

/** What a run that searches a policy can be told beside what all runs can. */
export const evolutionParts = {
  numEnvs: z
    .literal(1, { error: "its episodes are played one at a time, in as many threads as workers.count says" })
    .default(1)
    .describe("always 1: episodes are played one at a time, in as many threads as workers.count says"),
  evolution: z
    .strictObject({
      algorithm: searchAlgorithmSchema
        .prefault({ name: "cma-es" })
        .describe("ga, cem, es or cma-es, with its settings; default cma-es"),
      ...searchParts,
    })
    .prefault({}),
};

/** Separable CMA-ES, which needs the fewest steps of the four nearly everywhere. */
export function generalEvolution() {
  return { numEnvs: 1, evolution: { algorithm: { name: "cma-es" } } } as const;
}
