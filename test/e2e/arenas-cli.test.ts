// Arenas on the command line: trained, resumed, judged, and brought by a module.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { asked } from "./asked.js";
import { eventsOf, ludus, refusalOf } from "./ludus.js";

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ludus-arenas-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const short = ["--steps=2000", "--num-envs=4", "--eval-every=0", "--eval-episodes=4", "--seed=1", "--json"];

test("self-play is interrupted, resumed, judged, and met again in a tournament", async () => {
  const stopped = eventsOf(await ludus(folder, "train", "tic-tac-toe", ...short, "--stop-after=900"), 130);
  expect(stopped.at(-1)).toMatchObject({ env: "TicTacToe-v0", interrupted: true });
  const done = eventsOf(await ludus(folder, "resume", "last", "--json")).at(-1)!;
  expect(done).toMatchObject({ steps: 2000, evalEpisodes: 4 });
  const [report] = eventsOf(await ludus(folder, "eval", "last", "--episodes=5", "--json"));
  expect(report).toMatchObject({ event: "done", episodes: 5 });
  const met = eventsOf(
    await ludus(
      folder,
      "tournament",
      "tic-tac-toe",
      "last@last",
      "last@league",
      "random",
      "--games=6",
      "--json",
    ),
  );
  expect(met.filter(({ event }) => event === "pair")).toHaveLength(3);
});

test("a team learns by a joint value", async () => {
  const done = eventsOf(await ludus(folder, "train", "two-step", "--agent=qmix", ...short)).at(-1)!;
  expect(done).toMatchObject({ agent: "qmix", env: "TwoStep-v0" });
});

const meeting = `
import { discrete } from "gymnasium-js";

/** Two who are paid for doing the same. */
export default {
  kind: "simultaneous",
  id: "Meeting-v0",
  agents: ["one", "other"],
  observationSpace: () => discrete(1),
  actionSpace: () => discrete(2),
  maxCycles: 10,
  init: () => ({ rounds: 0 }),
  step(state, actions, offset, _rng, { rewards, offset: at }) {
    state.rounds++;
    rewards.fill(actions[offset] === actions[offset + 1] ? 1 : 0, at, at + 2);
  },
  observe(_state, _agent, out, offset) {
    out[offset] = 0;
  },
};
`;

test("rules of an arena that a module exports are trained, and learnt", async () => {
  writeFileSync(join(folder, "meeting.js"), meeting);
  const args = [
    "train",
    "./meeting.js",
    "--agent=dqn",
    "--steps=4000",
    "--eval-episodes=10",
    "--seed=1",
    "--json",
  ];
  const done = eventsOf(await ludus(folder, ...args)).at(-1)!;
  expect(done).toMatchObject({ env: "Meeting-v0", evalReturnMean: 10 });
});

test.each([
  [["train", "pursuit", "--set", "arena.lern=shared"], "did you mean 'arena.learn'"],
  [["train", "cartpole", "--set", "arena.learn=shared"], "has one agent"],
  [["train", "pursuit", "--agent", "qmix", "--set", "arena.learn=shared"], "arena"],
  [["train", "connect-four", "--set", "arena.learn=shared"], "take turns"],
  [["train", "pursuit", "--set", "envOptions.predatrs=3"], "did you mean"],
  [["train", "pong", "--set", "arena.others=scrip"], "did you mean"],
  [["train", "tag", "--set", "arena.frozen.runer=script"], "there are chaser, runner"],
])("%j is refused in a sentence", async (args, message) => {
  expect(refusalOf(await asked(folder, ...args, "--steps=100"), 2)).toContain(message);
});
