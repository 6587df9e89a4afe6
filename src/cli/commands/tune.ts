import { existsSync } from "node:fs";
import { Command, Option } from "commander";
import { registry } from "gymnasium-js";
import type { EngineName } from "../../tensors/index.js";
import {
  agentByParts,
  agentNames,
  beginStudy,
  bestLayer,
  differences,
  type EnvModuleRecord,
  findPreset,
  keysOf,
  LudusError,
  openStudy,
  parseSetting,
  type RankedTrial,
  runStudy,
  type Study,
  settingsOf,
} from "../../training/index.js";
import { findEnv, loadEnvModule, moduleLoader } from "../env-module.js";
import { ExitWith } from "../exit.js";
import { onInterrupt } from "../interrupts.js";
import { sharedOptions, wholeNumber } from "../options.js";
import { StudyReport } from "../study-report.js";
import { type ConfigFlags, collect, configFor } from "./train.js";

interface TuneFlags extends ConfigFlags {
  trials: number;
  method: "random" | "halving";
  eta: number;
  rungs?: number;
  seeds: number;
  processes?: number;
  space: string[];
  engine?: EngineName | "auto";
  envModule?: string;
  out?: string;
  resume?: string;
  json?: boolean;
}

export function tuneCommand(): Command {
  return new Command("tune")
    .argument("[env]", "environment, in full or short, or a module of your own")
    .description("Search the config's keys for values that an agent learns better with.")
    .addOption(new Option("--agent <name>", "learning method, as for train").choices(agentNames))
    .option("--preset <name>", "tuned settings to start from, as for train")
    .option("--trials <n>", "how many sets of values are tried", wholeNumber(1), 9)
    .option("--steps <n>", "environment steps of a whole training", wholeNumber(1))
    .option("--num-envs <n>", "environments stepped together", wholeNumber(1))
    .addOption(
      new Option("--method <name>", "halving stops the worse trials early, random trains all to the end")
        .choices(["random", "halving"])
        .default("halving"),
    )
    .option(
      "--eta <n>",
      "halving: the best of so many trials goes on, for so many times the steps",
      wholeNumber(2),
      3,
    )
    .option("--rungs <n>", "halving: how often trials are compared, the end included", wholeNumber(1))
    .option("--seeds <n>", "trainings of each trial, whose mean is its score", wholeNumber(1), 1)
    .option("--processes <n>", "trainings at the same time; by default one per core", wholeNumber(1))
    .addOption(sharedOptions.seed("seed of the values, and the first one of the trainings"))
    .option(
      "--space <key=spec>",
      "search a config key (may be repeated), as in 'dqn.gamma=uniform(0.9,0.999)'; also log, int, logint, choice",
      collect,
      [],
    )
    .option("--config <file>", "lay a JSON file of config keys over the preset, as for train")
    .option("--set <key=value>", "set any config key for all trials (may be repeated)", collect, [])
    .addOption(sharedOptions.engine())
    .addOption(sharedOptions.envModule())
    .option("--out <dir>", "new folder for the study; by default below studies/")
    .option("--resume <dir>", "go on with the study in this folder")
    .addOption(sharedOptions.json())
    .addHelpText(
      "after",
      "\nExample:\n  $ ludus tune CartPole-v1 --trials 9 --steps 20000 --seeds 2\n  $ ludus tune CartPole-v1 --space 'dqn.gamma=uniform(0.9,0.999)' --space 'dqn.nStep=int(1,5)'\n  $ ludus tune --resume studies/CartPole-v1/20260101-120000-a1b2c3",
    )
    .action(async (env: string | undefined, flags: TuneFlags, command: Command) => {
      const study =
        flags.resume === undefined ? await begin(env, flags) : await goOn(flags.resume, env, command);
      await follow(study, flags);
    });
}

async function begin(name: string | undefined, flags: TuneFlags): Promise<Study> {
  const meant = name ?? flags.envModule;
  if (meant === undefined) {
    throw new LudusError(
      "invalid-value",
      "tune wants an environment, as in `ludus tune CartPole-v1`, or a study to go on with, by --resume <dir>.",
    );
  }
  const { env, module } = await findEnv(meant, flags.envModule);
  const { config, preset } = configFor(env, { ...flags, agent: flags.agent ?? agentBySpace(env, flags) });
  const { trials, method, eta, rungs, seeds, engine = "auto", space, out } = flags;
  const set = [
    ...flags.set.flatMap((setting) => keysOf(parseSetting(setting))),
    ...(flags.numEnvs === undefined ? [] : ["numEnvs"]),
  ];
  return beginStudy({
    ...{ config, preset: preset?.name ?? null, engine, trials, method, eta, seeds, set },
    ...(module === null ? {} : { envModule: { path: module.path, sha256: module.sha256 } }),
    ...{ space: space.length === 0 ? undefined : space, rungs, out },
  });
}

/** As `--set dqn.gamma=0.98` means a DQN, so does searching that key. */
function agentBySpace(env: string, { preset, space, set }: TuneFlags): string | undefined {
  if (preset !== undefined || space.length === 0) return undefined;
  const settings = [...space.filter((spec) => spec.includes("=")), ...set];
  return agentByParts(settings.map(parseSetting), findPreset(env)?.agent);
}

/** A study goes on as it was asked. */
async function goOn(folder: string, env: string | undefined, command: Command): Promise<Study> {
  const free = ["resume", "processes", "envModule", "json"];
  const other = command.options.find((option) => {
    const name = option.attributeName();
    return !free.includes(name) && command.getOptionValueSource(name) === "cli";
  });
  if (env !== undefined || other !== undefined) {
    const what = other === undefined ? `the environment ${env}` : other.long;
    throw new LudusError(
      "invalid-value",
      `A study goes on as it was asked, so that --resume does not take ${what}; leave it out, or begin another study.`,
    );
  }
  return openStudy(folder);
}

/** Loads what the study's environment comes from. @returns it as it is now, and where it lies now */
async function loadModuleFor(
  { record, path }: Study,
  override: string | undefined,
): Promise<EnvModuleRecord | null> {
  const from = override ?? record.envModule?.path;
  if (from === undefined) return null;
  if (override === undefined && !existsSync(from)) {
    throw new LudusError(
      "unknown-module",
      `The study ${path} trains on ${record.env} of the module ${from}, which is not there any more; say where it is now with --env-module.`,
    );
  }
  const module = await loadEnvModule(from);
  if (!registry.has(record.env)) {
    throw new LudusError(
      "invalid-module",
      `${module.path} does not bring ${record.env}, which the study ${path} trains on.`,
    );
  }
  if (record.envModule?.sha256 !== module.sha256) {
    process.stderr.write(
      `Warning: ${module.path} has changed since the study began; its trials may not compare any more.\n`,
    );
  }
  return { path: module.path, sha256: module.sha256 };
}

/**
 * Runs a study in the foreground: trials on stderr, the best ones or JSON lines on stdout.
 * @throws ExitWith 130 after an interruption
 */
async function follow(study: Study, { processes, envModule, json = false }: TuneFlags): Promise<void> {
  const module = await loadModuleFor(study, envModule);
  const report = new StudyReport(study, json);
  const { signal, exitCode, release } = onInterrupt(() => {
    report.clear();
    process.stderr.write("Saving checkpoints ... (Ctrl+C again aborts without them)\n");
  });
  try {
    report.start();
    const result = await runStudy(study, {
      ...{ signal, moduleLoader, processes, envModule: module ?? undefined },
      onTrial: (event) => report.trial(event),
      onEvent: (run, event) => report.event(run, event),
    });
    report.done(result, trainCommandLine(study, { best: result.ranking[0], module }));
    if (result.interrupted) throw new ExitWith(exitCode());
  } finally {
    report.clear();
    release();
  }
}

interface Outcome {
  best: RankedTrial | undefined;
  module: EnvModuleRecord | null;
}

/** What trains a trial's config as `ludus train` would be told it, on a seed that nothing was chosen by. */
function trainCommandLine({ record }: Study, { best, module }: Outcome): string[] {
  if (best === undefined) return [];
  const { env, agent, preset, base, seeds } = record;
  const flags = { agent, steps: base.steps, set: [], ...(preset === null ? {} : { preset }) };
  const { env: _, seed: __, ...usual } = configFor(env, flags).config;
  const searched = Object.keys(best.values);
  const others = Object.entries(differences(usual, bestLayer(record, best))).filter(
    ([key]) => !searched.some((part) => key.startsWith(`${part}.`)),
  );
  const settings = { ...Object.fromEntries(others), ...best.values };
  return [
    ...["train", env, "--agent", agent],
    ...(preset === null ? [] : ["--preset", preset]),
    ...(module === null ? [] : ["--env-module", module.path]),
    ...["--steps", String(base.steps), "--seed", String(seeds.at(-1)! + 1)],
    ...settingsOf(settings).flatMap((setting) => ["--set", setting]),
  ];
}
