import { type Batch, Generator, SeedSequence } from "gymnasium-js";
import { z } from "zod";
import { AgentError } from "./errors.js";

/** The streams of an agent that learns by a net. */
export interface AgentGenerators {
  initialisation: Generator;
  exploration: Generator;
}

/** The seed's SeedSequence spawns two streams: first initialisation, then exploration. */
export function agentGenerators(seed: number): AgentGenerators {
  const [initialisation, exploration] = new SeedSequence(seed)
    .spawn(2)
    .map((sequence) => new Generator(sequence)) as [Generator, Generator];
  return { initialisation, exploration };
}

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

type Counters = z.infer<typeof countersSchema>;

/** What `readCounters` reads. */
export function savedCounters(
  counts: Pick<Counters, "envSteps" | "updates">,
  { initialisation, exploration }: AgentGenerators,
): Counters {
  return {
    ...counts,
    generators: { initialisation: initialisation.state, exploration: exploration.state },
  };
}

export function restoreGenerators(
  { initialisation, exploration }: AgentGenerators,
  saved: Counters["generators"],
): void {
  initialisation.setState(saved.initialisation);
  exploration.setState(saved.exploration);
}

/**
 * The counters in the saved state of an agent that learns by a net.
 * @param name of the agent, for the message
 * @throws {AgentError} `invalid-state` if they are of another kind
 */
export function readCounters(name: string, saved: unknown): Counters {
  const counters = countersSchema.safeParse(saved);
  if (counters.success) return counters.data;
  throw new AgentError(
    "invalid-state",
    `The saved counters are not those of a ${name} agent: ${z.prettifyError(counters.error)}`,
  );
}

/** @throws {AgentError} `invalid-argument` where a behaviour policy is not given one row per environment */
export function requireRows(observations: Batch, numEnvs: number, rowSize: number): void {
  const length = numEnvs * rowSize;
  if (observations.length === length) return;
  throw new AgentError(
    "invalid-argument",
    `The behaviour policy acts in ${numEnvs} environments, on ${length} values, but got ${observations.length}.`,
  );
}
