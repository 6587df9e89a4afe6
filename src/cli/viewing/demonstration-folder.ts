import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { LudusError, replaceFile, writeError } from "../../training/index.js";
import { type Episode, EpisodeError, episodeText } from "../../viewer/episode.js";
import { parseEpisode } from "../../viewer/parse-episode.js";
import type { SavedEpisodes } from "../../viewer/protocol.js";

/** Keeps a person's episodes as `<root>/<environment>/<seed>-<n>.json`. */
export class DemonstrationFolder {
  /** Of the episodes of one environment. */
  readonly path: string;
  private episodes = 0;
  private trouble: string | null = null;

  /** @param env id of the environment, whose `/` becomes `-` */
  constructor(root: string, env: string) {
    this.path = folderOf(root, env);
  }

  /** Writes an episode, whole or not at all; where that fails, `summary` and the terminal say why. */
  save(episode: Episode): void {
    const file = this.freeName(episode.seed);
    try {
      mkdirSync(this.path, { recursive: true });
      replaceFile(file, episodeText(episode));
      this.episodes++;
      this.trouble = null;
    } catch (error) {
      if (existsSync(`${file}.partial`)) rmSync(`${file}.partial`);
      this.trouble = writeError(file, error, "the episode is not kept, and the play goes on.").message;
      process.stderr.write(`${this.trouble}\n`);
    }
  }

  summary(): SavedEpisodes {
    return { folder: this.path, episodes: this.episodes, trouble: this.trouble };
  }

  private freeName(seed: number): string {
    for (let n = 1; ; n++) {
      const file = join(this.path, `${seed}-${n}.json`);
      if (!existsSync(file)) return file;
    }
  }
}

function folderOf(root: string, env: string): string {
  return join(root, env.replaceAll("/", "-"));
}

/** Where the demonstrations of an environment are: the folder itself, or the one that `ludus play` has made in it. */
export function findDemonstrations(folder: string, env: string): string {
  return existsSync(folderOf(folder, env)) ? folderOf(folder, env) : folder;
}

/**
 * All episodes of a folder, in the order of their files' names.
 * @throws {LudusError} `invalid-value` if there are none, or a file is no episode
 */
export function readDemonstrations(folder: string): Episode[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
  if (names.length === 0)
    throw new LudusError(
      "invalid-value",
      `There are no demonstrations in ${folder}; \`ludus play <env>\` keeps what you play.`,
    );
  return names.sort().map((name) => {
    const file = join(folder, name);
    try {
      return parseEpisode(readFileSync(file, "utf8"), file);
    } catch (error) {
      if (error instanceof EpisodeError)
        throw new LudusError("invalid-value", error.message, { cause: error });
      throw error;
    }
  });
}
