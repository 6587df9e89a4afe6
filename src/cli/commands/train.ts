import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import type { EngineName } from "../../tensors/index.js";
import {
  agentByParts,
  agentNames,
  demonstrationsDigest,
  findPreset,
  type Listeners,
  LudusError,
  type PartialConfig,
  type Preset,
  parseSetting,
  type RunConfig,
  resolveConfig,
  train,
} from "../../training/index.js";
import { columnsOf } from "../ansi.js";
import { configText, wrapped } from "../config-text.js";
import { findEnv, moduleLoader } from "../env-module.js";
import { follow } from "../follow.js";
import { sharedOptions, wholeNumber } from "../options.js";
import { startViewer, viewerOptions } from "../serve.js";
import { findDemonstrations, readDemonstrations } from "../viewing/demonstration-folder.js";
import { showTraining } from "../viewing/training.js";

/** The flags that say what a run's config is. */
export interface ConfigFlags {
  agent?: string;
  preset?: string;
  steps?: number;
  seed?: number;
  numEnvs?: number;
  config?: string;
  set: string[];
  demonstrations?: string;
  evalEvery?: number;
  evalEpisodes?: number;
  stopAtReturn?: number;
  patience?: number;
}

export interface TrainFlags extends ConfigFlags {
  engine?: EngineName | "auto";
  envModule?: string;
  stopAfter?: number;
  watch?: number;
  runs: string;
  json?: boolean;
}

export function trainCommand(): Command {
  return trainingFlags(
    new Command("train").argument(
      "<env>",
      "environment, in full (MinAtar/Breakout-v1) or short (breakout), or a module of your own (./my-env.ts)",
    ),
  )
    .description("Train an agent on an environment; without flags, by the best preset there is for it.")
    .option(
      "--demonstrations <dir>",
      "begin with the episodes of a folder in the replay, such as those that `ludus play` keeps (agent dqn)",
    )
    .addHelpText(
      "after",
      "\nExample:\n  $ ludus train MinAtar/Breakout-v1 --seed 1\n  $ ludus train CartPole-v1 --agent dqn --set dqn.gamma=0.98 --json\n  $ ludus train ./my-env.ts --steps 20000",
    )
    .action(async (env: string, flags: TrainFlags) => {
      await trainOn(env, flags);
    });
}

/** The flags of everything that starts a training. */
export function trainingFlags(command: Command): Command {
  return command
    .addOption(
      new Option("--agent <name>", "learning method; by default the best preset's, or dqn").choices(
        agentNames,
      ),
    )
    .option("--preset <name>", "tuned settings to start from; `ludus envs` lists them")
    .option("--steps <n>", "environment steps in all", wholeNumber(1))
    .addOption(sharedOptions.seed("seed of everything"))
    .option("--num-envs <n>", "environments stepped together", wholeNumber(1))
    .option("--config <file>", "lay a JSON file of config keys over the preset, such as a study's best.json")
    .option(
      "--set <key=value>",
      "set any config key (may be repeated); `ludus agents` lists them",
      collect,
      [],
    )
    .addOption(sharedOptions.engine())
    .addOption(sharedOptions.envModule())
    .option(
      "--eval-every <n>",
      "environment steps between evaluations; 0 for one at the end only",
      wholeNumber(0),
    )
    .option("--eval-episodes <n>", "episodes of the final evaluation", wholeNumber(1))
    .option("--stop-at-return <r>", "end early once an evaluation has this mean return", aNumber)
    .option(
      "--patience <n>",
      "end early after so many evaluations in a row without a new best",
      wholeNumber(1),
    )
    .option(
      "--stop-after <n>",
      "end as an interruption would after so many steps (exit code 130)",
      wholeNumber(1),
    )
    .addOption(viewerOptions.watch())
    .addOption(sharedOptions.runs())
    .addOption(sharedOptions.json());
}

function aNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("expected a number.");
}

export function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

export async function trainOn(name: string, flags: TrainFlags): Promise<string> {
  const { env, module } = await findEnv(name, flags.envModule);
  const { config, preset } = configFor(env, flags);
  const demonstrations =
    config.agent === "dqn" && config.demonstrations.folder !== null
      ? readDemonstrations(config.demonstrations.folder)
      : [];
  const { json = false, stopAfter, engine = "auto", runs } = flags;
  const columns = columnsOf(process.stderr, Infinity);
  for (const line of configText(config).split("\n")) process.stderr.write(`${wrapped(line, columns)}\n`);
  process.stderr.write("\n");
  const watched = flags.watch === undefined ? null : showTraining(config);
  const server =
    watched && (await startViewer(watched.show, { host: "127.0.0.1", port: flags.watch!, runs }));
  try {
    const done = await follow(
      (listeners) =>
        train({
          ...heardBy(listeners, watched?.listeners ?? {}),
          ...{ config, preset: preset?.name ?? null, engine, runs, moduleLoader, demonstrations },
          ...(module === null ? {} : { envModule: { path: module.path, sha256: module.sha256 } }),
        }),
      { json, stopAfter },
    );
    return done.run;
  } finally {
    await server?.close();
  }
}

/** Both hear what a run tells. */
function heardBy(first: Listeners, second: Listeners): Listeners {
  return {
    ...first,
    ...second,
    onEvent: (event) => {
      first.onEvent?.(event);
      second.onEvent?.(event);
    },
  };
}

/** The config that these flags ask for on an environment, and the preset that it starts from. */
export function configFor(env: string, flags: ConfigFlags): { config: RunConfig; preset: Preset | null } {
  const own = [
    ...(flags.config === undefined ? [] : [readLayer(flags.config)]),
    fromFlags(flags),
    ...(flags.demonstrations === undefined ? [] : [demonstrationsLayer(flags.demonstrations, env)]),
    ...flags.set.map(parseSetting),
  ];
  const preset = presetFor(env, flags, own);
  const config = resolveConfig(
    ...presetLayers(preset, own),
    { agent: flags.agent ?? preset?.agent ?? agentByParts(own) },
    ...own,
    { env },
  );
  return { config, preset };
}

function demonstrationsLayer(folder: string, env: string): PartialConfig {
  const own = findDemonstrations(folder, env);
  return { demonstrations: { folder: own, sha256: demonstrationsDigest(readDemonstrations(own)) } };
}

function readLayer(file: string): PartialConfig {
  const expected = `--config wants a JSON file of config keys, such as {"dqn":{"gamma":0.98}}`;
  let layer: unknown;
  try {
    layer = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new LudusError("invalid-value", `${expected}; ${file} is none (${(error as Error).message}).`, {
      cause: error,
    });
  }
  if (typeof layer === "object" && layer !== null && !Array.isArray(layer)) return layer as PartialConfig;
  throw new LudusError("invalid-value", `${expected}; ${file} holds ${JSON.stringify(layer)}.`);
}

/** The environment's own preset, unless what is set belongs to another kind of agent: `--set dqn.gamma=0.9` means a DQN. */
function presetFor(
  env: string,
  { agent, preset }: ConfigFlags,
  own: readonly PartialConfig[],
): Preset | null {
  const first = findPreset(env, agent, preset);
  if (first === null || agent !== undefined || preset !== undefined) return first;
  const meant = agentByParts(own, first.agent);
  return meant === first.agent ? first : findPreset(env, meant);
}

/** A preset's config, its schedules fitted to the length that the run is to have. */
function presetLayers(preset: Preset | null, own: readonly PartialConfig[]): PartialConfig[] {
  if (preset === null) return [];
  const steps = own.findLast((layer) => "steps" in layer)?.["steps"];
  const fits = typeof steps === "number" && Number.isSafeInteger(steps) && steps > 0;
  return fits && preset.forSteps !== undefined ? [preset.config, preset.forSteps(steps)] : [preset.config];
}

function fromFlags(flags: ConfigFlags): PartialConfig {
  return {
    ...(flags.steps === undefined ? {} : { steps: flags.steps }),
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    ...(flags.numEnvs === undefined ? {} : { numEnvs: flags.numEnvs }),
    evaluation: {
      ...(flags.evalEvery === undefined ? {} : { every: flags.evalEvery }),
      ...(flags.evalEpisodes === undefined ? {} : { finalEpisodes: flags.evalEpisodes }),
    },
    stop: {
      ...(flags.stopAtReturn === undefined ? {} : { returnMean: flags.stopAtReturn }),
      ...(flags.patience === undefined ? {} : { patience: flags.patience }),
    },
  };
}
