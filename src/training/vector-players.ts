import { type Batch, makeVec, type VectorEnv, type VectorStep } from "gymnasium-js";
import { createActor } from "./actor.js";
import { openPolicy } from "./arenas/run-player.js";
import type { Pointer } from "./checkpoint.js";
import { makerOf } from "./env-maker.js";
import { evaluationEnvs } from "./evaluation.js";
import { stackOf } from "./kinds/index.js";
import type { RunFolder } from "./run-folder.js";

/** Environments that play side by side, each episode followed by another. */
export interface VectorPlayers {
  env: string;
  envOptions: Record<string, unknown>;
  /** Whose policy plays, and the step of its checkpoint; null for chance. */
  agent: string | null;
  checkpoint: number | null;
  envs: VectorEnv;
  /** All begin anew, environment i from seed + i. */
  restart(seed: number): void;
  /** One step in all of them; what comes of it, until the next. */
  step(): VectorStep;
  dispose(): void;
}

/** Lets the greedy policy of a checkpoint play in many environments, or chance in those of an id. */
export async function openPlayers(
  source: { run: RunFolder; checkpoint: Pointer | number } | { env: string },
  numEnvs: number,
): Promise<VectorPlayers> {
  if ("env" in source) return chancePlayers(source.env, numEnvs);
  const stored = await openPolicy(source.run, source);
  const { config, agent, step: checkpoint } = stored;
  const { env, envOptions } = config;
  const { maxSteps } = config.evaluation;
  const makeEnvs = makerOf(config);
  const envs = evaluationEnvs({ env, envOptions, episodes: numEnvs, maxSteps, makeEnvs });
  const actor = createActor(agent.greedyPolicy(), envs, stackOf(config));
  return {
    ...{ env, envOptions, agent: config.agent, checkpoint, envs },
    restart: (seed) => {
      actor.restart();
      envs.reset({ seed });
    },
    step: () => {
      const next = envs.step(actor.policy(envs.observations, envs.actionMasks));
      actor.saw({ next });
      return next;
    },
    dispose: () => {
      envs.close();
      stored.dispose();
    },
  };
}

function chancePlayers(env: string, numEnvs: number): VectorPlayers {
  const envs = makeVec(env, { numEnvs, autoresetMode: "same-step" });
  return {
    ...{ env, envOptions: {}, agent: null, checkpoint: null, envs },
    restart: (seed) => {
      envs.actionSpace.seed(seed);
      envs.reset({ seed });
    },
    step: () => envs.step(envs.actionSpace.sample() as Batch),
    dispose: () => envs.close(),
  };
}
