// What is registered is in the pages about environments, and what the pages show runs as it stands.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { formatEnvId, registry } from "gymnasium-js";
import { expect, test } from "vitest";
import "../src/envs/index.js";

const root = resolve(import.meta.dirname, "..");
const pages = [
  "environments.md",
  "gridworlds.md",
  "breakout.md",
  "callbacks.md",
  "nets.md",
  "fit.md",
  "protocols.md",
  "agents/arenas.md",
  "agents/dqn.md",
  "agents/planning.md",
  "agents/tabular.md",
  "agents/evolution.md",
].map((name) => ({
  name,
  text: readFileSync(resolve(root, "docs", name), "utf8"),
}));

test.each([...registry.values()])("$id is described", ({ namespace, name }) => {
  const family = formatEnvId({ namespace, name, version: null });
  expect(pages.some(({ text }) => text.includes(family))).toBe(true);
});

const blocks = pages.flatMap(({ name, text }) =>
  [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map((match, i) => ({
    title: `${name}, block ${i + 1}`,
    code: match[1]!,
  })),
);

test.each(blocks)("$title runs", ({ code }) => {
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
    cwd: root,
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
