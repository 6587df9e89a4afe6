import { z } from "zod";
import { AgentError } from "./errors.js";

const generatorStateSchema = z.strictObject({
  state: z.string(),
  inc: z.string(),
  hasUint32: z.union([z.literal(0), z.literal(1)]),
  uinteger: z.number(),
});

const countersSchema = z.strictObject({
  envSteps: z.int().min(0),
  updates: z.int().min(0),
  generators: z.strictObject({ initialisation: generatorStateSchema, exploration: generatorStateSchema }),
});

/**
 * The counters in the saved state of an agent that learns by a net.
 * @param name of the agent, for the message
 * @throws {AgentError} `invalid-state` if they are of another kind
 */
export function readCounters(name: string, saved: unknown): z.infer<typeof countersSchema> {
  const counters = countersSchema.safeParse(saved);
  if (counters.success) return counters.data;
  throw new AgentError(
    "invalid-state",
    `The saved counters are not those of a ${name} agent: ${z.prettifyError(counters.error)}`,
  );
}
