import { describe, expect, test } from "vitest";
import { ScriptedDraws } from "../scripted-draws.js";
import { down, left, right, stay, up, World } from "./worlds.js";

const mayStay = { actions: "moves+stay" } as const;

describe("patrols", () => {
  test("go along their row, to the right first, and turn round in the step in which they cannot go on", () => {
    const world = new World(["A#-..#"], mayStay);
    const places = Array.from({ length: 6 }, () => world.play(stay)[0]);
    expect(places).toEqual(["A#.-.#", "A#..-#", "A#.-.#", "A#-..#", "A#.-.#", "A#..-#"]);
  });

  test("go along their column, down first, and show where they are heading", () => {
    const world = new World(["A|", "..", "L."], mayStay);
    expect(world.plane("hazard moving down")).toEqual([".1", "..", ".."]);
    expect(world.play(stay, stay)).toEqual(["A.", "..", "L|"]);
    expect(world.play(stay)).toEqual(["A.", ".|", "L."]);
    expect(world.plane("hazard moving up")).toEqual(["..", ".1", ".."]);
    expect(world.plane("hazard moving down")).toEqual(["..", "..", ".."]);
  });

  test("keep to floor, ice, targets and signs", () => {
    for (const letter of "#LGX^rR1") {
      const map = [`A#.-${letter}${letter === "1" ? "1" : "."}`];
      expect(new World(map, mayStay).play(stay)[0]!.indexOf("-")).toBe(2);
    }
    for (const letter of "~()") {
      expect(new World([`A#.-${letter}.`], mayStay).play(stay)[0]!.indexOf("-")).toBe(4);
    }
    expect(new World(["A#.-o$"], mayStay).play(stay, stay)).toEqual(["A#.-o$"]);
  });

  test("stay where they are barred on both sides", () => {
    expect(new World(["A#-#"], mayStay).play(stay, stay)).toEqual(["A#-#"]);
    expect(new World(["A$-$"], mayStay).play(stay)).toEqual(["A$-$"]);
  });
});

describe("random walkers", () => {
  test("draw one direction each, in reading order, and stay where they are barred", () => {
    const rng = new ScriptedDraws([right, up, down, left]);
    const world = new World(["A..", "?..", "..?"], mayStay, rng);
    expect(world.play(stay)).toEqual(["A..", ".??", "..."]);
    // The second is in the first one's way no longer when its turn comes.
    expect(world.play(stay)).toEqual(["A..", ".?.", ".?."]);
    expect(rng.used).toBe(4);
  });
});

describe("a touch ends the episode with the hazard reward", () => {
  test("when the agent walks into a hazard", () => {
    const world = new World(["A?"], { hazardReward: -2 }, new ScriptedDraws([]));
    expect(world.play(right)).toEqual([".?"]);
    expect([world.reward, world.terminated]).toEqual([-2, true]);
  });

  test("when a hazard walks into the agent", () => {
    const world = new World(["-A"], { ...mayStay, hazardReward: -2 });
    expect(world.play(stay)).toEqual([".-"]);
    expect([world.reward, world.terminated]).toEqual([-2, true]);
  });

  test("when the agent slides into one", () => {
    const world = new World(["A~~?"], {}, new ScriptedDraws([]));
    expect(world.play(right)).toEqual([".~~?"]);
    expect(world.terminated).toBe(true);
  });

  test("but the goal is won before hazards move, and is no place for them", () => {
    const world = new World(["AG-", "..."]);
    world.play(right);
    expect([world.reward, world.terminated]).toEqual([1, true]);
  });
});

describe("several agents", () => {
  test("act in their order on the map: the first is in the second one's way, and makes way for it", () => {
    expect(new World(["A.A"], mayStay).play([right, left])).toEqual([".AA"]);
    expect(new World([".AA"], mayStay).play([left, left])).toEqual(["AA."]);
    expect(new World(["AA."], mayStay).play([right, right])).toEqual(["A.A"]);
    expect(new World(["AA"], mayStay).play([right, left])).toEqual(["AA"]);
  });

  test("are told apart in the observation", () => {
    const world = new World(["A.A"], mayStay);
    world.play([right, stay]);
    expect(world.plane("agent 1")).toEqual([".1."]);
    expect(world.plane("agent 2")).toEqual(["..1"]);
  });

  test("win together, when each stands on a goal", () => {
    const world = new World(["AGGA"], { ...mayStay, stepReward: -0.5 });
    world.play([right, stay]);
    expect([world.reward, world.terminated]).toEqual([-0.5, false]);
    world.play([stay, left]);
    expect([world.reward, world.terminated]).toEqual([0.5, true]);
    expect(Array.from(world.state.info.agentRewards)).toEqual([0.5, 0.5]);
  });

  test("lose together, and only who is to blame has the reward for it", () => {
    const world = new World(["A.L", "A.."], { ...mayStay, stepReward: -0.5 });
    world.play([right, right], [right, right]);
    expect([world.reward, world.terminated]).toEqual([-1.5, true]);
    expect(Array.from(world.state.info.agentRewards)).toEqual([-1.5, -0.5]);
    const caught = new World(["A-A#"], { ...mayStay, stepReward: -0.5 });
    caught.play([stay, stay]);
    expect(Array.from(caught.state.info.agentRewards)).toEqual([-0.5, -1.5]);
  });

  test("share their keys", () => {
    const world = new World(["Ar#", "AR."], mayStay);
    expect(world.play([right, right])).toEqual([".A#", ".A."]);
    expect(world.plane("red key")).toEqual([".1.", ".1."]);
  });

  test("push boxes, but not each other's way through", () => {
    expect(new World(["A$A."], mayStay).play([right, stay])).toEqual(["A$A."]);
    expect(new World(["A$A."], mayStay).play([stay, left])).toEqual(["A$A."]);
    expect(new World(["A$.A"], mayStay).play([right, left])).toEqual([".A$A"]);
    expect(new World([".$A", "..A"], mayStay).play([left, up])).toEqual(["$AA", "..."]);
  });
});
