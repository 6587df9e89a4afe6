import { make } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { defineGridworld, gridworldRules } from "../../../src/envs/index.js";
import { World } from "./worlds.js";

describe("maps that cannot be are refused in one sentence", () => {
  test.each([
    [["A.G", "..Z"], 'row 2, column 3 is "Z", which is not in the legend'],
    [["A.G", ".."], "row 2 has 2 letters, but row 1 has 3"],
    [["..G"], "there is no agent; mark where it starts with A"],
    [["AAAAAAAAA"], "there are 9 agents; give at most 8"],
    [["A$oo"], "there are 2 targets, but only 1 boxes"],
    [["A.1"], 'the teleport "1" in row 1, column 3 is one of 1; give two'],
    [["A22", "..2"], 'the teleport "2" in row 1, column 2 is one of 3; give two'],
    [[], "give an array of strings"],
    ["A.G", "give an array of strings"],
    [["A.", 7], "give an array of strings"],
    [[""], "give an array of strings"],
  ])("%j", (map, sentence) => {
    expect(() => make("Ludus/Grid-v0", { map })).toThrow(sentence as string);
  });
});

describe("keywords that cannot be are refused", () => {
  test.each([
    [{ viewsize: 5 }, "did you mean 'viewSize'?"],
    [{ view: "half" }, 'view is "half"; give "full" or "partial"'],
    [{ viewSize: 4 }, "viewSize is 4; give an odd number"],
    [{ observation: "text" }, '"symbolic" or "pixels"'],
    [{ tileSize: 0 }, "tileSize is 0; give a whole number of at least 1"],
    [{ actions: "jumps" }, '"moves" or "moves+stay" or "turns"'],
    [{ slip: 2 }, "slip is 2; give a probability"],
    [{ goalReward: "much" }, 'goalReward is "much"; give a finite number'],
    [{ mapSeed: -1 }, "mapSeed is -1; give a whole number of at least 0"],
    [{ numMaps: 0 }, "numMaps is 0; give a whole number of at least 1"],
    [{ mapOptions: 3 }, "mapOptions is 3; give an object"],
    [{ map: ["A#"], randomStart: 1 }, "randomStart is 1; give true or false"],
  ])("%j", (kwargs, sentence) => {
    expect(() => make("Ludus/Grid-v0", kwargs)).toThrow(sentence);
  });

  test("a random start needs as much bare floor as there are agents", () => {
    const kwargs = { map: ["+$o$"], randomStart: true };
    expect(() => make("Ludus/Grid-v0", kwargs)).toThrow("too little bare floor");
  });

  test("a gridworld needs a map or a generator, and maps of one size", () => {
    expect(() => gridworldRules({ id: "Empty-v0" })).toThrow("neither a map nor a generator");
    let calls = 0;
    const generator = { letters: "A.G", generate: () => ["A.G".repeat(++calls > 1 ? 2 : 1)] };
    const growing = defineGridworld({ id: "Growing-v0", generator });
    expect(() => growing.make({ numMaps: null }).reset({ seed: 0 })).toThrow(
      "a map of 1 x 6 with 2 agents and 0 hazards after one of 1 x 3",
    );
  });
});

test("every letter comes back as it was written; agents and boxes hide the target below", () => {
  const map = ["#.AG+L~^", ">v<rbyp(", "RBYP)o$*", "-|?X1$*1", "23456789", "23456789"];
  const shown = map.map((row) => row.replace("+", "A").replaceAll("*", "$"));
  expect(new World(map).map).toEqual(shown);
});

test("a map may be given to any task, and rules say what the channels are", () => {
  const { unwrapped } = make("Ludus/Maze-v0", { map: ["A.L", "r.R", "..G"] });
  const { rules } = unwrapped as unknown as { rules: { channels: string[] } };
  expect(rules.channels).toEqual(["wall", "goal", "lava", "red key", "red door", "agent"]);
  expect(unwrapped.observationSpace).toMatchObject({ shape: [3, 3, 6], dtype: "uint8" });
});
