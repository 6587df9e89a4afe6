import { defaultRng } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { gridworldTile, hiddenTile } from "../../../src/envs/rendering/gridworld-tiles.js";
import { down, right, World } from "./worlds.js";

const [turnLeft, turnRight, forward] = [0, 1, 2];

describe("the partial view", () => {
  const map = ["G...L", ".....", "..A..", ".....", "r...~"];

  test("is centred on an agent that moves, with wall beyond the map", () => {
    const world = new World(map, { view: "partial", viewSize: 5 });
    expect(world.rules.observationSpace.shape).toEqual([5, 5, world.rules.channels.length]);
    expect(world.plane("agent")).toEqual([".....", ".....", "..1..", ".....", "....."]);
    expect(world.plane("goal")).toEqual(["1....", ".....", ".....", ".....", "....."]);
    world.play(right, right);
    expect(world.plane("agent")).toEqual([".....", ".....", "..1..", ".....", "....."]);
    expect(world.plane("lava")).toEqual(["..1..", ".....", ".....", ".....", "....."]);
    expect(world.plane("wall")).toEqual(["...11", "...11", "...11", "...11", "...11"]);
    world.play(down, down);
    expect(world.plane("wall")).toEqual(["...11", "...11", "...11", "11111", "11111"]);
  });

  test("of an agent that turns has it in the middle of the lowest row, looking up", () => {
    const world = new World(map, { view: "partial", viewSize: 3, actions: "turns" });
    const corners = () => [
      world.plane("goal"),
      world.plane("lava"),
      world.plane("ice"),
      world.plane("red key"),
    ];
    const nothing = ["...", "...", "..."];
    expect(world.plane("agent")).toEqual(["...", "...", ".1."]);
    expect(corners()).toEqual([nothing, nothing, nothing, nothing]);
    world.play(forward);
    expect(world.plane("wall")).toEqual(["111", "...", "..."]);
    const wide = new World(map, { view: "partial", viewSize: 5, actions: "turns" });
    const topRow = (name: string) => wide.plane(name).map((row) => row.replaceAll(".", "-"))[2];
    expect([topRow("goal"), topRow("lava")]).toEqual(["1----", "----1"]);
    wide.play(turnRight);
    expect([topRow("lava"), topRow("ice")]).toEqual(["1----", "----1"]);
    wide.play(turnRight);
    expect([topRow("ice"), topRow("red key")]).toEqual(["1----", "----1"]);
    wide.play(turnRight);
    expect([topRow("red key"), topRow("goal")]).toEqual(["1----", "----1"]);
    wide.play(turnLeft);
    expect(topRow("ice")).toBe("1----");
  });

  test("turns what has a direction with the agent: one-way tiles and other agents", () => {
    const world = new World(["...", ">.A", ".A."], { view: "partial", viewSize: 3, actions: "turns" });
    expect(world.rules.observationSpace.shape).toEqual([2, 3, 3, world.rules.channels.length]);
    const second = (name: string) => world.plane(name).slice(3);
    expect(second("one-way right")).toEqual(["...", "1..", "..."]);
    expect(second("agent 1 facing up")).toEqual(["...", "..1", "..."]);
    expect(second("agent 2 facing up")).toEqual(["...", "...", ".1."]);
    world.play([turnLeft, turnRight]);
    // The second agent looks right: the first one, which looks left, is ahead to its left and looks towards it.
    expect(second("agent 2 facing up")).toEqual(["...", "...", ".1."]);
    expect(second("agent 1 facing down")).toEqual(["...", "1..", "..."]);
    world.play([turnLeft, turnRight], [turnLeft, turnRight]);
    // It looks left: the one-way tile is ahead to its right and points back.
    expect(second("one-way down")).toEqual(["...", "..1", "..."]);
  });

  test("turns the directions of patrols", () => {
    const world = new World(["....-", "A...."], { view: "partial", actions: "turns" });
    world.play(turnRight);
    const row = world.plane("hazard moving down")[3];
    expect(row).toBe("..1....");
  });

  test("goes round with the agent all four ways", () => {
    const world = new World(["#L#", "^A>", "#v#"], { view: "partial", viewSize: 3, actions: "turns" });
    const ahead = () =>
      world.rules.channels.filter((name) => /lava|one-way/.test(name) && world.plane(name)[1]![1] === "1");
    const seen = [0, 1, 2, 3].map(() => {
      const found = ahead();
      world.play(turnRight);
      return found;
    });
    // Facing right, down and left, the tile ahead: > and v point away, ^ points to the right of one who looks left.
    expect(seen).toEqual([["lava"], ["one-way up"], ["one-way up"], ["one-way right"]]);
  });
});

describe("walls that hide", () => {
  const hides = { view: "partial", viewSize: 7, seeThroughWalls: false } as const;

  test("light goes straight and diagonally outward, and stops at walls and doors", () => {
    const world = new World(
      [".......", "..L....", "..###..", "...A..R", ".......", ".....#.", "......G"],
      hides,
    );
    expect(world.plane("hidden")).toEqual([
      "1111111",
      ".11111.",
      ".......",
      ".......",
      ".......",
      ".......",
      "......1",
    ]);
    expect(world.plane("lava").join("")).not.toContain("1");
    expect(world.plane("goal").join("")).not.toContain("1");
    expect(world.plane("wall")[2]).toBe("..111..");
    expect(world.plane("red door")[3]).toBe("......1");
  });

  test("nothing is hidden where one sees through walls, and no channel says so", () => {
    const world = new World(["L#A"], { view: "partial", viewSize: 5 });
    expect(world.rules.channels).not.toContain("hidden");
    expect(world.plane("lava")[2]).toBe("1....");
  });

  test("a door hides until it is open", () => {
    const world = new World(["rA.R.G"], { ...hides, viewSize: 9 });
    expect(world.plane("hidden")[4]).toBe("11.....11");
    expect(world.plane("goal").join("")).not.toContain("1");
    world.play(3, right, right, right);
    expect(world.plane("goal")[4]).toBe("......1..");
  });
});

describe("pixels", () => {
  test("are the tiles of the cells, in the full view", () => {
    const world = new World(["A.", "LG"], { observation: "pixels", tileSize: 4 });
    expect(world.rules.observationSpace).toMatchObject({ shape: [8, 8, 3], dtype: "uint8" });
    expect(world.rules.channels).toEqual([]);
    const { observation } = world;
    const tile = (row: number, column: number) =>
      Array.from({ length: 4 }, (_, y) => {
        const at = ((row * 4 + y) * 8 + column * 4) * 3;
        return Array.from(observation.subarray(at, at + 12));
      }).flat();
    const expected = (ground: number, occupant: number) =>
      Array.from(gridworldTile({ tile: 4, ground, occupant, held: 0, turns: false }));
    expect(tile(0, 0)).toEqual(expected(0, 7));
    expect(tile(0, 1)).toEqual(expected(0, 0));
    expect(tile(1, 0)).toEqual(expected(4, 0));
    expect(tile(1, 1)).toEqual(expected(2, 0));
  });

  test("and in the partial one, where hidden cells are dark", () => {
    const world = new World([".#A"], {
      observation: "pixels",
      tileSize: 2,
      view: "partial",
      viewSize: 5,
      seeThroughWalls: false,
    });
    const { observation } = world;
    const at = 4 * 10 * 3;
    expect(Array.from(observation.subarray(at, at + 6))).toEqual(Array.from(hiddenTile(2).subarray(0, 6)));
  });

  test("show a goal and a decoy alike", () => {
    const tile = (ground: number) => gridworldTile({ tile: 8, ground, occupant: 0, held: 0, turns: false });
    expect(tile(3)).toEqual(tile(2));
    expect(tile(4)).not.toEqual(tile(2));
  });
});

test("a random start is anywhere on bare floor, with any heading, and agents never share a cell", () => {
  const rng = defaultRng(3);
  const world = new World(["A.G", "L.A"], { randomStart: true, actions: "turns" }, rng);
  const places = new Set<string>();
  for (let episode = 0; episode < 3000; episode++) {
    const { agents, headings } = world.rules.init(rng, undefined, world.state);
    expect(agents[0]).not.toBe(agents[1]);
    places.add(`${agents.join()} ${headings.join()}`);
  }
  // Four cells of floor for two agents, with four headings each.
  expect(places.size).toBe(4 * 3 * 16);
});
