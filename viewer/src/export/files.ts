import type { BranchSummary, Stage } from "../../../src/viewer/protocol.js";

/** As in `MinAtar-Breakout-v1-seed3-return12.json`; letters, digits and what every file system takes. */
export function fileName(
  { env }: Pick<Stage, "env">,
  { seed }: Pick<BranchSummary, "seed">,
  part: { return: number } | { step: number },
  ending: "json" | "png" | "html",
): string {
  const name = env.replaceAll(/[^\w.-]+/g, "-");
  const what = "step" in part ? `step${part.step}` : `return${Number(part.return.toFixed(3))}`;
  return `${name}-seed${seed}-${what}.${ending}`;
}

/** Hands a file to the person who watches. */
export function download(name: string, content: BlobPart, type: string): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  // The browser reads it after this task.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
