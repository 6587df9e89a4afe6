import "../../envs/index.js";
import "../../multiagent/index.js";
import { type Env, GymnasiumError, make, RulesEnv, registry } from "gymnasium-js";
import { humanActions } from "../../viewer/human-actions.js";
import { hasSnapshots } from "../../viewer/playhead.js";
import type { Stage } from "../../viewer/protocol.js";
import { seatedAt } from "./seated-at.js";

/** Environments that the page knows the rules of: those that are there before any module of one's own is loaded. */
const known: ReadonlySet<string> = new Set(registry.keys());

/**
 * An environment as it is watched.
 * @param limit of steps, where the environment has none; null for none
 */
export function openStage(
  id: string,
  envOptions: Record<string, unknown>,
  limit: number | null,
): { openEnv: () => Env; stage: Stage } {
  const probe = make(id, envOptions);
  const hasState = known.has(id) && probe.unwrapped instanceof RulesEnv;
  const maxEpisodeSteps = probe.spec?.maxEpisodeSteps ?? limit;
  probe.close();
  const options = {
    ...envOptions,
    ...(maxEpisodeSteps === null ? {} : { maxEpisodeSteps }),
    ...(hasState || !hasPictures(id, envOptions) ? {} : { renderMode: "rgb_array" as const }),
  };
  const openEnv = () => make(id, options);
  const env = openEnv();
  const { unwrapped, actionSpace } = env;
  const { start = 0 } = actionSpace.describe() as { start?: number };
  const names = (unwrapped instanceof RulesEnv ? unwrapped.rules.actionNames : undefined) ?? [];
  const human = humanActions(actionSpace, names);
  env.reset({ seed: 0 });
  const stage: Stage = {
    env: id,
    envOptions,
    actionNames: [...names],
    human: human && { names: human.names, idle: human.idle },
    actionStart: Number(start),
    hasState,
    hasSnapshots: hasSnapshots(env),
    maxEpisodeSteps,
    arena: seatedAt(id, envOptions),
  };
  env.close();
  return { openEnv, stage };
}

function hasPictures(id: string, envOptions: Record<string, unknown>): boolean {
  try {
    make(id, { ...envOptions, renderMode: "rgb_array" }).close();
    return true;
  } catch (error) {
    if (error instanceof GymnasiumError && error.code === "unsupported") return false;
    throw error;
  }
}
