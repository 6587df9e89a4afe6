import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Status, Wall } from "../../src/viewer/protocol.js";
import { WallShow } from "../../src/viewer/wall-show.js";

function showOf() {
  const did: string[] = [];
  let steps = 0;
  const play = {
    step: () => {
      steps++;
    },
    restart: (seed: number) => {
      did.push(`restart ${seed}`);
      steps = 0;
    },
    wall: () => ({
      ...{ step: steps, states: [steps], pictures: [], returns: Float32Array.of(1), thought: null },
      finished: null,
    }),
    dispose: () => did.push("dispose"),
  };
  const stage = {
    ...{ env: "MinAtar/Breakout-v1", envOptions: {}, actionNames: [], actionStart: 0, human: null },
    ...{ hasState: true, hasSnapshots: false, maxEpisodeSteps: null, arena: null },
  };
  const about = { stage, player: "chance", run: null };
  return { did, show: new WallShow({ play, about, seed: 4, checkpoint: null }) };
}

/** All that is new to a page. */
function news(show: WallShow, told: Record<string, number>): (Status | Wall)[] {
  const messages: (Status | Wall)[] = [];
  for (let next = show.next(told); next !== null; next = show.next(told))
    messages.push(next as Status | Wall);
  return messages;
}

test("many boards can be paused, stepped and begun anew; else it says what does more", async () => {
  const { did, show } = showOf();
  expect(show.hello()).toMatchObject({ mode: "wall", player: "chance", checkpoints: [] });
  const told = {};
  await show.handle({ type: "step" });
  expect(news(show, told)).toMatchObject([
    { type: "status", playing: false },
    { type: "wall", step: 1 },
  ]);
  expect(news(show, told)).toEqual([]);
  await show.handle({ type: "restart", seed: null });
  await show.handle({ type: "restart", seed: 9 });
  expect(did).toEqual(["restart 5", "restart 9"]);
  expect(news(show, told)).toMatchObject([{ type: "status" }, { type: "wall", step: 0 }]);
  await expect(show.handle({ type: "seek", step: 3 })).rejects.toThrow(/without --boards does more/);
  show.close();
  expect(did.at(-1)).toBe("dispose");
});

test("it plays while somebody watches, at its pace, and stands still when nobody does", async () => {
  const { show } = showOf();
  await show.handle({ type: "speed", speed: 100 });
  await setTimeout(50);
  expect(news(show, {})).toMatchObject([{ speed: 100 }, { step: 0 }]);
  show.watched(1);
  const start = performance.now();
  const stepOf = () => (news(show, {})[1] as Wall).step;
  await expect.poll(stepOf, { timeout: 60_000 }).toBeGreaterThan(20);
  show.watched(0);
  const step = stepOf();
  // Fewer on a busy machine.
  expect(step).toBeLessThan((performance.now() - start) / 10 + 2);
  await setTimeout(100);
  expect(news(show, {})).toMatchObject([{}, { step }]);
  await show.handle({ type: "speed", speed: null });
  show.watched(1);
  // At the pace before, that would take longer than is waited.
  await expect.poll(stepOf, { timeout: 60_000 }).toBeGreaterThan(step + 10_000);
  show.close();
});
