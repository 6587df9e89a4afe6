import { createHash } from "node:crypto";
import type { Demonstration } from "../replay/index.js";
import type { RunConfig } from "./config.js";
import { LudusError } from "./errors.js";

/** SHA-256 over all that decides what episodes teach, by which a config names them. */
export function demonstrationsDigest(episodes: readonly Demonstration[]): string {
  const parts = episodes.map(({ env, envOptions, maxEpisodeSteps, seed, actions, rewards, ended }) => [
    ...[env, envOptions, maxEpisodeSteps, seed, actions, rewards, ended],
  ]);
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/**
 * What a run of this config has to begin with.
 * @throws {LudusError} `invalid-value` if that is not what is given
 */
export function requireDemonstrations(
  config: RunConfig,
  given: readonly Demonstration[],
): readonly Demonstration[] {
  const named = config.agent === "dqn" ? config.demonstrations : { folder: null, sha256: null };
  if (named.folder === null && given.length === 0) return [];
  const fault = faultOf(config, named, given);
  if (fault !== null) throw new LudusError("invalid-value", fault);
  return given;
}

function faultOf(
  { env, envOptions }: RunConfig,
  { folder, sha256 }: { folder: string | null; sha256: string | null },
  given: readonly Demonstration[],
): string | null {
  if (folder === null)
    return `The run is given ${given.length} demonstrations, and its config names none in 'demonstrations.folder'.`;
  if (given.length === 0)
    return `The run is to begin with the demonstrations of ${folder}, and is given none; \`ludus train\` reads them.`;
  if (demonstrationsDigest(given) !== sha256)
    return `The demonstrations of ${folder} are not those that the config names, they have changed since; name them anew with --demonstrations ${folder}.`;
  const other = given.find((episode) => madeBy(episode) !== madeBy({ env, envOptions }));
  if (other === undefined) return null;
  return `The demonstrations of ${folder} were played in ${madeBy(other)}, and the run is on ${madeBy({ env, envOptions })}.`;
}

function madeBy({ env, envOptions }: Pick<Demonstration, "env" | "envOptions">): string {
  const options = JSON.stringify(envOptions);
  return options === "{}" ? env : `${env} with ${options}`;
}
