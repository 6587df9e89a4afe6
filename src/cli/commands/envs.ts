import { Command } from "commander";
import { make, registry } from "gymnasium-js";
import { arenaRules, findArena, playersOf } from "../../multiagent/index.js";
import { presets } from "../../training/index.js";
import { loadEnvModule } from "../env-module.js";
import { sharedOptions } from "../options.js";
import { printRows } from "../table.js";

export function envsCommand(): Command {
  return new Command("envs")
    .description("List the environments and arenas there are, with their agents, spaces and presets.")
    .addOption(sharedOptions.envModule())
    .addOption(sharedOptions.json())
    .addHelpText("after", "\nExample:\n  $ ludus envs\n  $ ludus envs --env-module ./my-env.ts")
    .action(async ({ json = false, envModule }: { json?: boolean; envModule?: string }) => {
      if (envModule !== undefined) await loadEnvModule(envModule);
      const rows = [...registry.values()].map((spec) => {
        const env = make(spec.id);
        const row = {
          id: spec.id,
          observation: spaceInWords(env.observationSpace),
          action: spaceInWords(env.actionSpace),
          ...ofArena(spec.id),
          maxSteps: spec.maxEpisodeSteps,
          solvedAt: spec.rewardThreshold,
          presets:
            presets
              .filter((preset) => preset.env === spec.id)
              .map((preset) => preset.name)
              .join(" ") || null,
        };
        env.close();
        return row;
      });
      printRows(json, "env", rows, [
        "id",
        "agents",
        "observation",
        "action",
        "maxSteps",
        "solvedAt",
        "presets",
      ]);
    });
}

/** How many act, and who there is to play against; spaces are those of the first one. */
function ofArena(id: string): { agents: number; players: readonly string[] | null } {
  const arena = findArena(id);
  if (arena === null) return { agents: 1, players: null };
  const rules = arenaRules(arena);
  return { agents: rules.agents.length, players: playersOf(arena, rules as never) };
}

function spaceInWords(space: {
  type: string;
  shape: readonly number[] | null;
  describe(): Record<string, unknown>;
}): string {
  if (space.type === "Discrete") return `Discrete(${space.describe()["n"]})`;
  return space.shape === null ? space.type : `${space.type}(${space.shape.join("x")})`;
}
