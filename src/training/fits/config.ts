import { z } from "zod";
import { fitConfigSchema } from "../../supervised/fit/index.js";
import type { FitTask, StudyTask, Task } from "../../tasks/task.js";
import { checkedConfig, dottedKeys, overlay, type PartialConfig } from "../config.js";
import { type ConfigKey, keysOfSchema } from "../describe-config.js";

const seed = z
  .int()
  .min(0)
  .max(2 ** 32 - 1)
  .describe("the seed of everything: splits, orders, weights and masks");

const checkpoint = z.strictObject({
  every: z
    .int()
    .min(0)
    .describe("epochs between checkpoints, by default a tenth of the fit; 0 for one at the end only"),
});

function fitSchema({ name, settings }: FitTask) {
  return z.strictObject({
    task: z.literal(name),
    seed,
    settings: settings.strict(),
    fit: fitConfigSchema,
    checkpoint,
  });
}

function studySchema({ name, settings }: StudyTask) {
  return z.strictObject({ task: z.literal(name), seed, settings: settings.strict() });
}

/** Everything that decides the numbers of a fit. Saved with it, whole, and printed at its start. */
export type FitRunConfig = z.output<ReturnType<typeof fitSchema>>;

/** The same of a study. */
export type StudyConfig = z.output<ReturnType<typeof studySchema>>;

export type ConfigOfTask<Kind extends Task = Task> = Kind extends FitTask ? FitRunConfig : StudyConfig;

/**
 * Lays configs over a task's preset, later ones on top. A key that only the task's own settings have may stand without
 * `settings.` before it.
 *
 * @throws {LudusError} `unknown-key` or `invalid-value`, in one sentence, with the nearest right spelling
 */
export function resolveTaskConfig<Kind extends Task>(
  task: Kind,
  ...layers: readonly PartialConfig[]
): ConfigOfTask<Kind> {
  const given = layers.map((layer) => inPlace(task, layer)).reduce(overlay, {});
  const settings = settingsOf(task, given);
  const general = { task: task.name, seed: 0, settings };
  const base = task.kind === "fit" ? { ...general, ...preset(task, { settings, given }) } : general;
  return checkTaskConfig(task, overlay(base, given), base);
}

/**
 * A config that is whole, as it was saved.
 * @param known has all keys there are
 * @throws {LudusError} as `resolveTaskConfig`
 */
export function checkTaskConfig<Kind extends Task>(
  task: Kind,
  config: PartialConfig,
  known: PartialConfig,
): ConfigOfTask<Kind> {
  return checkedConfig(schemaOf(task), config, {
    keys: () => keysOf(known),
    listedBy: listOf(task),
  }) as ConfigOfTask<Kind>;
}

function schemaOf(task: Task) {
  return task.kind === "fit" ? fitSchema(task) : studySchema(task);
}

function listOf({ name }: Task): string {
  return `ludus fit ${name} --keys`;
}

/** Every key that a task's config can have, as `--set` takes it, with the task's own default. */
export function describeTaskConfig(task: Task): ConfigKey[] {
  return keysOfSchema(schemaOf(task), resolveTaskConfig(task))
    .filter(({ key }) => key !== "task")
    .map((entry) => {
      const own = /^settings\.([^.]+).*$/.exec(entry.key)?.[1];
      const isShort = own !== undefined && !generalKeys.includes(own);
      return isShort ? { ...entry, key: entry.key.slice("settings.".length) } : entry;
    });
}

const generalKeys: readonly string[] = ["task", "seed", "settings", "fit", "checkpoint"];

/** Puts the keys of the task's own settings where they belong. */
function inPlace({ settings }: Task, layer: PartialConfig): PartialConfig {
  const isOwn = (key: string): boolean => Object.hasOwn(settings.shape, key) && !generalKeys.includes(key);
  const entries = Object.entries(layer);
  const own = Object.fromEntries(entries.filter(([key]) => isOwn(key)));
  const rest = Object.fromEntries(entries.filter(([key]) => !isOwn(key)));
  return Object.keys(own).length === 0 ? rest : overlay({ settings: own }, rest);
}

function settingsOf(task: Task, given: PartialConfig): PartialConfig {
  const standard = task.settings.parse({});
  const { settings } = overlay({ settings: standard }, given);
  return checkedConfig(
    z.object({ settings: task.settings.strict() }),
    { settings },
    { keys: () => keysOf({ settings: standard }), listedBy: listOf(task) },
  ).settings;
}

interface Given {
  settings: PartialConfig;
  given: PartialConfig;
}

/** How the task is fitted if nothing else is said. */
function preset(task: FitTask, { settings, given }: Given): PartialConfig {
  const fit = fitConfigSchema.parse(task.config(settings));
  const epochs = (given["fit"] as PartialConfig | undefined)?.["epochs"] ?? fit.epochs;
  const every = typeof epochs === "number" && epochs >= 1 ? Math.max(1, Math.floor(epochs / 10)) : 1;
  return { fit, checkpoint: { every } };
}

/** Dotted, those of the task's own settings also as they may be written. */
function keysOf(config: PartialConfig): string[] {
  const { settings, ...general } = config;
  const own = dottedKeys(settings);
  return [...own, ...own.map((key) => `settings.${key}`), ...dottedKeys(general)];
}
