import { Generator, SeedSequence } from "gymnasium-js";
import { z } from "zod";
import type { NamedArrays, Optimizer } from "../tensors/index.js";
import type { AgentState } from "./agent.js";
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

/** Weights that have names. */
interface NamedWeights {
  save(): NamedArrays;
  restore(arrays: NamedArrays): void;
  dispose(): void;
}

/** What changes while an agent learns. */
interface LearningParts {
  online: NamedWeights;
  /** Null where a method has no target net. */
  target: NamedWeights | null;
  learner: { readonly optimizer: Optimizer; updates: number };
  generators: AgentGenerators;
}

/** All that the future of an agent that learns by a net depends on, saved and restored as one. */
export class TrainState {
  /** Environment steps that the behaviour policy has acted in. */
  envSteps = 0;

  /** @param agent its name, for messages */
  constructor(
    private readonly agent: string,
    private readonly parts: LearningParts,
  ) {}

  get updates(): number {
    return this.parts.learner.updates;
  }

  save(): AgentState & { counters: Counters } {
    const { online, target, learner, generators } = this.parts;
    const { initialisation, exploration } = generators;
    return {
      weights: online.save(),
      target: target?.save() ?? {},
      optimizer: learner.optimizer.save(),
      counters: {
        envSteps: this.envSteps,
        updates: this.updates,
        generators: { initialisation: initialisation.state, exploration: exploration.state },
      },
    };
  }

  restoreWeights(weights: NamedArrays): void {
    this.parts.online.restore(weights);
  }

  /** @throws {AgentError} `invalid-state` if the counters are of another kind */
  restore({ weights, target, optimizer, counters }: AgentState): void {
    const { online, target: targetNet, learner, generators } = this.parts;
    const { envSteps, updates, generators: saved } = this.readCounters(counters);
    online.restore(weights);
    targetNet?.restore(target);
    learner.optimizer.restore(optimizer);
    this.envSteps = envSteps;
    learner.updates = updates;
    generators.initialisation.setState(saved.initialisation);
    generators.exploration.setState(saved.exploration);
  }

  dispose(): void {
    const { online, target, learner } = this.parts;
    learner.optimizer.dispose();
    online.dispose();
    target?.dispose();
  }

  private readCounters(saved: unknown): Counters {
    const counters = countersSchema.safeParse(saved);
    if (counters.success) return counters.data;
    throw new AgentError(
      "invalid-state",
      `The saved counters are not those of a ${this.agent} agent: ${z.prettifyError(counters.error)}`,
    );
  }
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
