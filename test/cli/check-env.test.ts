import { readdirSync } from "node:fs";
import { join } from "node:path";
import { registry } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { checkEnvironment, type Finding } from "../../src/cli/env-check.js";
import { loadEnvModule } from "../../src/cli/env-module.js";

const folder = join(import.meta.dirname, "broken-envs");

/** What is broken on purpose: the part that names it first, and its sentence. */
const faults: Record<string, [part: string, sentence: RegExp]> = {
  "outside-space.ts": [
    "rules: observations",
    /^observe wrote 6 at out\[offset \+ 0\] \(seed \d, step \d+\), which is outside the observation space: there it goes from 0 to 5\./,
  ],
  "nan-reward.ts": [
    "rules: outcomes",
    /^step gave the reward NaN \(seed 0, step \d+\); a reward is a finite number\.$/,
  ],
  "math-random.ts": [
    "env: chance",
    /^It calls Math\.random\(\) at .*broken-envs\/math-random\.ts:11, so the same seed does not give the same episode; draw from rng instead/,
  ],
  "map-in-state.ts": [
    "rules: state",
    /^state\.visits is a Map, but a state that can be saved holds only numbers/,
  ],
  "hidden-state.ts": [
    "rules: memory",
    /^The same state, action and random numbers led elsewhere the second time .*outcome\.reward is 1 instead of 0; something decides that is not in the state: a variable outside it/,
  ],
  "wrong-types.ts": [
    "rules: outcomes",
    /^step gave terminated = 0 \(seed 0, step 1\); it is true or false: return proceed\(reward\) or terminate\(reward\)\.$/,
  ],
  "no-outcome.ts": [
    "rules: outcomes",
    /^step returned undefined .*; end every way through it with return proceed\(reward\) or return terminate\(reward\)\.$/,
  ],
  "ignores-seed.ts": [
    "env: rules",
    /^reset\(\{ seed: 123 \}\) and reset\(\{ seed: 124 \}\) left the same state of env\.rng: .*this\.reseed\(options\?\.seed\)/,
  ],
  "writes-too-far.ts": [
    "rules: observations",
    /^observe wrote at out\[offset \+ 3\]; the observation has its place at out\[offset\] to out\[offset \+ 2\] .* belongs to other environments\.$/,
  ],
  "stale-observation.ts": [
    "rules: observations",
    /^observe does not write out\[offset \+ 0\] .* write all 4 numbers of the observation each time, zeros too\.$/,
  ],
  "ignores-offset.ts": ["rules: observations", /^observe wrote at out\[offset - \d+\], as if offset were 0;/],
  "returns-observation.ts": [
    "rules: observations",
    /^observe returned \[.*\] and wrote nothing .* write the observation into out instead, out\[offset\] to out\[offset \+ 1\]\.$/,
  ],
  "wrong-dtype.ts": [
    "rules: observations",
    /^observe wrote 0\.\d+ at out\[offset \+ 0\] .* of type uint8, which keeps it as 0; write what fits, or give the space another dtype\.$/,
  ],
  "shared-state.ts": [
    "rules: instances",
    /^Another environment that was played at the same time changed this one .* both have the same state\.field\.board: make a new one in init\.$/,
  ],
  "no-end.ts": [
    "env: end",
    /^A step after the end of the episode \(seed 0, step \d+\) was accepted; throw new GymnasiumError\("reset-needed"/,
  ],
  "throws-on-action.ts": [
    "rules: actions",
    /^step, given the action 4, threw ".*" \(line 18\) \(seed 0, step 1\); actionSpace allows that action, so handle it, or declare a smaller space\.$/,
  ],
  "wrong-names.ts": [
    "rules: declaration",
    /^actionNames has 2 names \(left, right\), but actionSpace is discrete\(3\)/,
  ],
  "wrong-picture.ts": [
    "env: rgb_array",
    /^The picture is 8 wide and 4 high, so it needs 96 bytes \(width \* height \* 3\), but data has 32/,
  ],
  "wrong-mask.ts": ["rules: masks", /^actionMask leaves no legal action although the episode goes on/],
  "drawing-changes.ts": [
    "rules: looking",
    /^renderAnsi changed the state \(seed 0, at the start\): state\.frames is 1 instead of 0;/,
  ],
};

async function check(file: string): Promise<Finding[]> {
  const { ids } = await loadEnvModule(join(folder, file));
  expect(ids).toHaveLength(1);
  return [...checkEnvironment(ids[0]!, { steps: 100, seeds: [0, 1] })];
}

test("each broken environment is looked at", () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(faults).sort());
});

describe.each(Object.entries(faults))("%s", (file, [part, sentence]) => {
  test("is named first, in words, and what follows from it says so", async () => {
    const findings = await check(file);
    const broken = findings.filter(({ outcome }) => outcome === "broken");
    const [first, ...rest] = broken;
    expect(`${first?.group}: ${first?.part}`).toBe(part);
    expect(first?.why).toMatch(sentence);
    expect(first?.follows).toBeNull();
    for (const { follows } of rest) expect(follows).not.toBeNull();
  });
});

test("sound environments pass, also those without anything optional", () => {
  for (const id of ["FrozenLake-v1", "CartPole-v1", "MinAtar/Breakout-v1"]) {
    const findings = [...checkEnvironment(id, { steps: 60, seeds: [0] })];
    expect(findings.filter(({ outcome }) => outcome === "broken")).toEqual([]);
    expect(findings.length).toBeGreaterThan(35);
  }
  expect(registry.has("CartPole-v1")).toBe(true);
});
