import type { RunSummary } from "../../../src/viewer/protocol.js";

/** The name of a run's own folder, by which the command line finds it. */
export function folderOf({ id }: RunSummary): string {
  return id.split("/").at(-1)!;
}

/** The end of that name, which tells runs of the same name apart, and by which the command line finds them, too. */
export function tagOf(run: RunSummary): string {
  const folder = folderOf(run);
  return /^[\d-]+-([0-9a-f]{6})$/.exec(folder)?.[1] ?? folder;
}

/** What people call a run. */
export function nameOf({ env, agent, seed }: RunSummary): string {
  return `${env}, ${agent}, seed ${seed}`;
}
