import { describe, expect, test } from "vitest";
import { ScriptedDraws } from "../scripted-draws.js";
import { down, left, right, stay, up, World } from "./worlds.js";

describe("moving", () => {
  test("goes one cell and stops at walls and the edge", () => {
    const world = new World(["A.#", "..."]);
    expect(world.play(up)).toEqual(["A.#", "..."]);
    expect(world.play(right)).toEqual([".A#", "..."]);
    expect(world.play(right)).toEqual([".A#", "..."]);
    expect(world.play(down, down)).toEqual(["..#", ".A."]);
    expect(world.play(left, left)).toEqual(["..#", "A.."]);
  });

  test("may stay where that is an action", () => {
    const world = new World(["A."], { actions: "moves+stay" });
    expect(world.rules.actionNames).toEqual(["up", "right", "down", "left", "stay"]);
    expect(world.play(stay)).toEqual(["A."]);
  });

  test("turns and goes forward where agents have a heading, up at first", () => {
    const world = new World(["...", "A.."], { actions: "turns" });
    const [turnLeft, turnRight, forward] = [0, 1, 2];
    expect(world.map).toEqual(["...", "^.."]);
    expect(world.play(turnRight)).toEqual(["...", ">.."]);
    expect(world.play(forward)).toEqual(["...", ".>."]);
    expect(world.play(turnLeft, forward)).toEqual([".^.", "..."]);
    expect(world.play(turnLeft, turnLeft)).toEqual([".v.", "..."]);
  });

  test("slips to the left below slip / 2 and to the right below slip", () => {
    const landsOn = (u: number) =>
      new World(["...", ".A.", "..."], { slip: 0.2 }, new ScriptedDraws([u])).play(right).join("/");
    expect([0, 0.099].map(landsOn)).toEqual([".A./.../...", ".A./.../..."]);
    expect([0.1, 0.199].map(landsOn)).toEqual([".../.../.A.", ".../.../.A."]);
    expect([0.2, 0.99].map(landsOn)).toEqual([".../..A/...", ".../..A/..."]);
  });
});

describe("the end", () => {
  test("a goal, lava and a decoy end the episode, each with its reward on top of the step's", () => {
    const rewards = { stepReward: -0.5, goalReward: 5, lavaReward: -3, decoyReward: -2 };
    for (const [letter, reward] of [
      ["G", 4.5],
      ["L", -3.5],
      ["X", -2.5],
      [".", -0.5],
    ] as const) {
      const world = new World([`A${letter}`], rewards);
      world.play(right);
      expect([world.reward, world.terminated]).toEqual([reward, letter !== "."]);
    }
  });

  test("a goal counts only once every target has a box", () => {
    const world = new World(["AGo.", "..$."]);
    world.play(right);
    expect(world.terminated).toBe(false);
    world.play(down, down, right);
    expect(world.terminated).toBe(false);
    const other = new World(["G.o.", "..$.", "..A."]);
    other.play(up);
    expect([other.map, other.terminated]).toEqual([["G.$.", "..A.", "...."], false]);
    other.play(left, left, up);
    expect([other.reward, other.terminated]).toEqual([1, true]);
  });

  test("without goal and target there is no end", () => {
    const world = new World(["A."]);
    world.play(right, left, right);
    expect(world.terminated).toBe(false);
  });
});

describe("keys and doors", () => {
  test("a door bars the way until the key of its colour is held, and is floor once opened", () => {
    const world = new World(["rAR.", "b..B"]);
    expect(world.play(right)).toEqual(["rAR.", "b..B"]);
    expect(world.play(left)).toEqual(["A.R.", "b..B"]);
    expect(world.play(right, right, right)).toEqual(["...A", "b..B"]);
    expect(world.play(down)).toEqual(["...A", "b..B"]);
    expect(world.state.held).toBe(1);
  });

  test("a key opens any number of doors, and held keys show at the agent", () => {
    const world = new World(["Ay.", "YYG"]);
    expect(world.play(right, down, left)).toEqual(["...", "A.G"]);
    expect(world.plane("yellow key")).toEqual(["...", "1.."]);
    expect(world.plane("agent")).toEqual(["...", "1.."]);
    expect(world.plane("yellow door")).toEqual(["...", "..."]);
  });
});

describe("boxes", () => {
  test("are pushed, one at a time, over floor, and not into walls, boxes or goals", () => {
    const world = new World(["A$..", "$...", "$...", "..$G"]);
    expect(world.play(right)).toEqual([".A$.", "$...", "$...", "..$G"]);
    expect(world.play(right)).toEqual(["..A$", "$...", "$...", "..$G"]);
    expect(world.play(right)).toEqual(["..A$", "$...", "$...", "..$G"]);
    expect(world.play(left, left, down)).toEqual(["A..$", "$...", "$...", "..$G"]);
    expect(world.play(right, down, down, down, right)).toEqual(["...$", "$...", "$...", ".A$G"]);
  });

  test("on a target pay the box reward, which is taken back when they leave; the last one wins", () => {
    const world = new World(["A$o.", "..$o"], { boxReward: 0.25 });
    world.play(right);
    expect([world.reward, world.terminated]).toEqual([0.25, false]);
    expect(world.plane("box")).toEqual(["..1.", "..1."]);
    expect(world.plane("target")).toEqual(["..1.", "...1"]);
    world.play(right);
    expect([world.reward, world.terminated]).toEqual([-0.25, false]);
    const other = new World(["A$o.", ".$o."], { boxReward: 0.25 });
    other.play(right, left, down, right);
    expect([other.reward, other.terminated]).toEqual([1.25, true]);
  });

  test("an agent may start on a target, and a box too", () => {
    const world = new World(["+$.", "*..", "..."]);
    expect(world.state.openTargets).toBe(1);
    expect(world.play(down)).toEqual(["o$.", "A..", "$.."]);
    expect(world.state.openTargets).toBe(2);
  });
});

describe("ice", () => {
  test("carries on until something stops", () => {
    expect(new World(["A~~~~"]).play(right)).toEqual([".~~~A"]);
    expect(new World(["A~~#~"]).play(right)).toEqual([".~A#~"]);
    expect(new World(["A~~.~"]).play(right)).toEqual([".~~A~"]);
    const lava = new World(["A~~L~"]);
    expect(lava.play(right)).toEqual([".~~A~"]);
    expect([lava.reward, lava.terminated]).toEqual([-1, true]);
  });

  test("carries boxes on too, and the agent after them until they stop it", () => {
    expect(new World(["A$~~~."]).play(right)).toEqual([".A~~~$"]);
    expect(new World(["A.$~~#"]).play(right, right)).toEqual(["..A~$#"]);
    expect(new World(["A~$~~#"]).play(right)).toEqual([".~A~$#"]);
  });

  test("leads through keys' and teleports' cells no farther", () => {
    expect(new World(["A~r~."]).play(right)).toEqual([".~A~."]);
    expect(new World(["A~1~.1."]).play(right)).toEqual([".~1~.A."]);
  });
});

describe("one-way tiles", () => {
  test("are entered only in their direction, and left in any", () => {
    expect(new World(["A>."]).play(right, right)).toEqual([".>A"]);
    expect(new World([".>A"]).play(left)).toEqual([".>A"]);
    expect(new World(["A>."]).play(right, left)).toEqual(["A>."]);
    expect(new World(["A^", ".."]).play(right)).toEqual(["A^", ".."]);
    expect(new World([".^", "A."]).play(right, up)).toEqual([".A", ".."]);
    expect(new World(["A.", "v."]).play(down)).toEqual(["..", "A."]);
    expect(new World(["<A"]).play(left)).toEqual(["A."]);
  });
});

describe("teleports", () => {
  test("lead from either end to the other", () => {
    const world = new World(["A1.1"]);
    expect(world.play(right)).toEqual([".1.A"]);
    expect(world.play(left, right)).toEqual([".A.1"]);
  });

  test("bar the way while someone stands at the other end", () => {
    const world = new World(["A1#1A"]);
    expect(world.play([right, up])).toEqual([".1#AA"]);
    expect(world.play([up, left])).toEqual([".1#AA"]);
    const pair = new World(["A1#1A", "....."]);
    pair.play([right, up]);
    expect(pair.state.agents[0]).toBe(3);
  });
});

describe("signs", () => {
  test("are floor that shows a mark, and decoys look like goals", () => {
    const world = new World(["A()GX"]);
    expect(world.plane("left sign")).toEqual([".1..."]);
    expect(world.plane("right sign")).toEqual(["..1.."]);
    expect(world.plane("goal")).toEqual(["...11"]);
    expect(world.play(right, right)).toEqual([".(AGX"]);
  });
});
