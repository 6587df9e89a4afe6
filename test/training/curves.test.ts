import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { plotSvg } from "../../src/cli/plot-svg.js";
import { curveGroups, type RunFolder, readMetrics } from "../../src/training/index.js";
import { inFolder, tinyConfig } from "./tiny-runs.js";

function runOf(folder: string, seed: number, returns: readonly number[], dqn: object = {}): RunFolder {
  const path = join(folder, `${seed}-${returns.join("-")}-${Object.values(dqn)}`);
  mkdirSync(path);
  writeFileSync(join(path, "config.json"), JSON.stringify(tinyConfig({ seed, dqn })));
  writeFileSync(join(path, "metrics.jsonl"), "");
  returns.forEach((returnMean, i) => {
    const lines = [
      { event: "metrics", step: (i + 1) * 100, returnMean: i === 0 ? null : returnMean / 2 },
      { event: "eval", step: (i + 1) * 100, returnMean },
    ];
    for (const line of lines) appendFileSync(join(path, "metrics.jsonl"), `${JSON.stringify(line)}\n`);
  });
  const about = {
    format: 1,
    ludus: "0",
    id: "i",
    env: "A<&>B-v1",
    agent: "dqn",
    preset: null,
    engine: "cpu",
  };
  return { path, manifest: { ...about, seed, createdAt: "" } };
}

/** Enough of XML to see that every element is closed and every `&` and `<` is escaped. */
function wellFormed(svg: string): boolean {
  const open: string[] = [];
  const rest = svg.replace(
    /<(\/?)([a-z]+)((?:\s+[a-zA-Z][\w-]*="[^"<]*")*)\s*(\/?)>/g,
    (_, closing, name, __, empty) => {
      if (closing) {
        if (open.pop() !== name) open.push("?");
      } else if (!empty) open.push(name);
      return "";
    },
  );
  return open.length === 0 && !/[<>]|&(?!(#\d+|amp|lt|gt|quot);)/.test(rest);
}

test("runs that differ in their seed become one curve, with mean and spread over the seeds", () =>
  inFolder((folder) => {
    const groups = curveGroups([runOf(folder, 1, [2, 4, 9]), runOf(folder, 2, [4, 8])]);
    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({
      seeds: [1, 2],
      // Only the steps that both have.
      evaluation: { steps: [100, 200], means: [3, 6], spreads: [1, 2] },
      training: { steps: [200], means: [3], spreads: [1] },
    });
    expect(groups[0]!.label).toBe("A<&>B-v1 dqn, 2 seeds");
  }));

test("runs that differ in their method are apart, and say by what", () =>
  inFolder((folder) => {
    const groups = curveGroups([runOf(folder, 1, [2]), runOf(folder, 1, [3], { gamma: 0.5 })]);
    expect(groups.map(({ label }) => label)).toEqual([
      "A<&>B-v1 dqn, dqn.gamma=0.99, seed 1",
      "A<&>B-v1 dqn, dqn.gamma=0.5, seed 1",
    ]);
  }));

test("a last line that a kill left half written is dropped", () =>
  inFolder((folder) => {
    const run = runOf(folder, 1, [2]);
    appendFileSync(join(run.path, "metrics.jsonl"), '{"event":"ev');
    expect(readMetrics(run)).toHaveLength(2);
  }));

test("the plot is well-formed, escapes what it shows, and draws every point", () =>
  inFolder((folder) => {
    expect([wellFormed("<a><b/></a>"), wellFormed("<a><b></a>"), wellFormed("<a>x & y</a>")]).toEqual([
      true,
      false,
      false,
    ]);
    const groups = curveGroups([
      runOf(folder, 1, [2, 4, 9]),
      runOf(folder, 2, [4, 8, -3]),
      runOf(folder, 1, [1, 1, 1], { gamma: 0.5 }),
    ]);
    const svg = plotSvg(groups);
    expect(wellFormed(svg)).toBe(true);
    expect(svg).toContain("A&#60;&#38;&#62;B-v1");
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(svg.match(/<circle/g)).toHaveLength(6);
    // One band, for the two seeds; the mean's line passes through its circles.
    expect(svg.match(/opacity="0.16"/g)).toHaveLength(1);
    const [, cx, cy] = /<circle cx="([\d.]+)" cy="([\d.]+)"/.exec(svg)!;
    expect(svg).toContain(`d="M${Number(cx)},${Number(cy)}L`);
  }));

test.each([[[]], [[5]], [[0, 0]]])("runs with evaluations %j are plotted without a fault", (returns) =>
  inFolder((folder) => {
    const svg = plotSvg(curveGroups([runOf(folder, 1, returns)]));
    expect(wellFormed(svg)).toBe(true);
    expect(svg).not.toMatch(/NaN|Infinity/);
  }),
);
