import { z } from "zod";
import { type Episode, EpisodeError, episodeVersion, numbersInWords } from "./episode.js";

const inWords = z.enum(numbersInWords).transform(Number);
const exact = z.union([z.number(), inWords], {
  error: `expected a number, or one of ${numbersInWords.map((word) => `"${word}"`).join(", ")}`,
});

function whole(most: number) {
  const error = `expected a whole number from 0 to ${most.toLocaleString("en")}`;
  return z.int({ error }).min(0, { error }).max(most, { error });
}

const step = whole(Number.MAX_SAFE_INTEGER);
const text = z.string({ error: "expected a text" });

const schema = z.strictObject({
  format: z.literal("ludus-episode"),
  version: z.literal(episodeVersion),
  env: text,
  envOptions: z.record(z.string(), z.unknown(), { error: "expected an object" }),
  maxEpisodeSteps: step.nullable(),
  seed: whole(2 ** 32 - 1),
  actions: z.array(z.union([exact, z.array(exact)], { error: "expected a number, or a list of numbers" }), {
    error: "expected a list",
  }),
  rewards: z.array(exact, { error: "expected a list" }),
  thoughts: z.array(
    z
      .strictObject(
        {
          kind: z.enum(["values", "probabilities"], { error: 'expected "values" or "probabilities"' }),
          scores: z.array(exact, { error: "expected a list" }),
        },
        { error: "expected an object with kind and scores, or null" },
      )
      .nullable(),
    { error: "expected a list" },
  ),
  ended: z
    .enum(["terminated", "truncated"], { error: 'expected "terminated", "truncated" or null' })
    .nullable(),
  player: text,
  run: text.nullable(),
  checkpoint: step.nullable(),
});

/**
 * Reads what `episodeText` wrote.
 * @param name of the file, for the sentence about what is wrong with it
 * @throws EpisodeError `invalid-episode` or `newer-episode`
 */
export function parseEpisode(content: string, name = "The file"): Episode {
  const json = jsonOf(content, name);
  requireFormat(json, name);
  const result = schema.safeParse(json);
  if (!result.success) throw invalid(name, faultOf(result.error.issues[0]!, json));
  const episode = result.data;
  requireLengths(episode, name);
  return episode;
}

function jsonOf(content: string, name: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw invalid(name, `it is not JSON (${(error as Error).message})`);
  }
}

function requireFormat(json: unknown, name: string): void {
  const { format, version } = (json ?? {}) as Record<string, unknown>;
  if (format !== "ludus-episode") {
    const found = format === undefined ? "it has no format" : `its format is ${JSON.stringify(format)}`;
    throw invalid(name, `${found}, expected "ludus-episode"`);
  }
  if (typeof version === "number" && version > episodeVersion) {
    throw new EpisodeError(
      "newer-episode",
      `${name} has version ${version} of the format of episodes, and this Ludus reads version ${episodeVersion}: update Ludus to open it.`,
    );
  }
}

function faultOf(issue: z.core.$ZodIssue, json: unknown): string {
  const path = issue.path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  const where = path.replace(/^\./, "");
  if (issue.code === "unrecognized_keys") {
    return `it has a field '${[where, issue.keys[0]].filter(Boolean).join(".")}', which no episode has`;
  }
  const value = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)?.[key], json);
  if (value === undefined) return `it has no '${where}'`;
  return `'${where}' cannot be ${shortened(JSON.stringify(value))}: ${issue.message}`;
}

function shortened(value: string): string {
  return value.length > 40 ? `${value.slice(0, 37)}...` : value;
}

function requireLengths({ actions, rewards, thoughts, ended }: Episode, name: string): void {
  const steps = actions.length;
  if (rewards.length !== steps) {
    throw invalid(name, `it has ${steps} actions and ${rewards.length} rewards, expected one per step`);
  }
  const states = ended === null ? steps + 1 : steps;
  if (thoughts.length !== states) {
    const last = ended === null ? ", and one of the state where it stands" : "";
    throw invalid(
      name,
      `it has ${steps} actions and ${thoughts.length} thoughts, expected one per step${last}`,
    );
  }
  const scored = thoughts.filter((thought) => thought !== null);
  const odd = scored.find(({ scores }) => scores.length !== scored[0]!.scores.length);
  if (odd !== undefined) {
    const [most, other] = [scored[0]!.scores.length, odd.scores.length];
    throw invalid(name, `its thoughts have ${most} scores and ${other} scores, expected one per action`);
  }
}

function invalid(name: string, fault: string): EpisodeError {
  return new EpisodeError("invalid-episode", `${name} is no episode that can be opened: ${fault}.`);
}
