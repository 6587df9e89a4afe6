import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import type { Started } from "./ludus.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The address that a command prints for its viewer. */
export async function addressOf(run: Started): Promise<string> {
  const address = await run.said(/http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/);
  if (address === null) throw new Error((await run.ended).stderr);
  return address;
}

interface AxeResult {
  violations: { impact: string; help: string }[];
}

/** What axe finds serious; run as the page's own code may not be, past its content policy. */
export async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run(): Promise<AxeResult> } }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ help }) => help);
}
