import { defaultRng } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  generateDynamicObstacles,
  generateFourRooms,
  generateKeyCorridor,
  generateLavaCrossing,
  generateMaze,
  generateMemoryMaze,
  generateRooms,
  generateSokobanLevel,
  generateTMaze,
  gridworldRules,
  type MapGenerator,
  mazes,
  tabulate,
} from "../../../src/envs/index.js";
import { World } from "./worlds.js";

const numSeeds = 200;

/** Whether there is a way to win, whatever it costs: a search over the states that the rules really reach. */
function canBeWon(map: readonly string[]): boolean {
  const { P } = tabulate(gridworldRules({ id: "Search-v0", map }, { stepReward: 0 }));
  return P.some((actions) => actions.some((outcomes) => outcomes.some(({ reward }) => reward === 1)));
}

const generators = {
  maze: generateMaze,
  "maze of Wilson": (rng) => generateMaze(rng, { algorithm: "wilson", rows: 9, columns: 13 }),
  "T-maze": generateTMaze,
  "memory maze": generateMemoryMaze,
  "small memory maze": (rng) => generateMemoryMaze(rng, { rows: 5, columns: 5, algorithm: "wilson" }),
  rooms: generateRooms,
  "rooms of one cell": (rng) => generateRooms(rng, { rows: 9, columns: 15, minRoom: 1 }),
  "four rooms": generateFourRooms,
  "key corridor": generateKeyCorridor,
  "small key corridor": (rng) => generateKeyCorridor(rng, { roomSize: 1, roomsPerSide: 1 }),
  "lava crossing": generateLavaCrossing,
  "full lava crossing": (rng) => generateLavaCrossing(rng, { size: 11, streams: 4 }),
} satisfies Record<string, MapGenerator["generate"]>;

describe.each(Object.entries(generators))("%s", (_name, generate: MapGenerator["generate"]) => {
  test("can be won, whatever the seed", () => {
    const lost = Array.from({ length: numSeeds }, (_, seed) => seed).filter(
      (seed) => !canBeWon(generate(defaultRng(seed), {})),
    );
    expect(lost).toEqual([]);
  });

  test("is the same for the same seed, one size for all, and not one for all", () => {
    const maps = Array.from({ length: 30 }, (_, seed) => generate(defaultRng(seed), {}));
    expect(generate(defaultRng(7), {})).toEqual(maps[7]);
    expect(new Set(maps.map((map) => `${map.length} x ${map[0]!.length}`)).size).toBe(1);
    expect(new Set(maps.map((map) => map.join("\n"))).size).toBeGreaterThan(1);
  });
});

describe("mazes", () => {
  test.each(["recursive-backtracker", "wilson"] as const)("of %s are spanning trees", (algorithm) => {
    for (let seed = 0; seed < 50; seed++) {
      const map = generateMaze(defaultRng(seed), { rows: 9, columns: 11, algorithm });
      const open = map.join("").replaceAll("#", "").length;
      // Rooms and the ways between them: one less than rooms. That all are connected, the search has shown.
      expect(open).toBe(4 * 5 + 4 * 5 - 1);
    }
  });

  test("of Wilson come all alike: each of the four spanning trees of 2 x 2 rooms a quarter of the time", () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 2000; seed++) {
      const map = generateMaze(defaultRng(seed), { rows: 5, columns: 5, algorithm: "wilson" }).join("/");
      counts.set(map, (counts.get(map) ?? 0) + 1);
    }
    expect(counts.size).toBe(4);
    // Four standard deviations of a binomial of 2000 draws at 1/4.
    for (const count of counts.values()) expect(Math.abs(count - 500)).toBeLessThan(78);
  });

  test("of the backtracker wind more than those of Wilson", () => {
    const deadEnds = (algorithm: "wilson" | "recursive-backtracker") => {
      let ends = 0;
      for (let seed = 0; seed < 20; seed++) {
        const map = generateMaze(defaultRng(seed), { rows: 21, columns: 21, algorithm });
        for (let row = 1; row < 21; row += 2) {
          for (let column = 1; column < 21; column += 2) {
            const ways = [
              map[row - 1]![column],
              map[row + 1]![column],
              map[row]![column - 1],
              map[row]![column + 1],
            ];
            if (ways.filter((letter) => letter !== "#").length === 1) ends++;
          }
        }
      }
      return ends / 20;
    };
    expect(deadEnds("recursive-backtracker")).toBeLessThan(15);
    expect(deadEnds("wilson")).toBeGreaterThan(25);
  });
});

describe("memory tasks", () => {
  test.each([generateTMaze, generateMemoryMaze])(
    "the sign points to the true goal, on either side",
    (generate) => {
      const sides = Array.from({ length: 40 }, (_, seed) => {
        const map = generate(defaultRng(seed)).join("");
        return [map.includes("("), map.indexOf("G") < map.indexOf("X")];
      });
      for (const [points, isLeft] of sides) expect(points).toBe(isLeft);
      expect(new Set(sides.map(([points]) => points)).size).toBe(2);
    },
  );
});

describe("rooms", () => {
  test("by partitioning have no room narrower than asked", () => {
    for (let seed = 0; seed < 50; seed++) {
      const map = generateRooms(defaultRng(seed), { rows: 15, columns: 15, minRoom: 3 });
      // Every wall inside stands at least three cells of floor from the next parallel one: no row reads "#..#" or "#.#"
      // along odd rows, which no wall runs along.
      for (let row = 1; row < 15; row += 2) expect(map[row]).not.toMatch(/#[.AG]{1,2}#/);
    }
  });

  test("four rooms have one gap in each of the four walls between them", () => {
    for (let seed = 0; seed < 50; seed++) {
      const map = generateFourRooms(defaultRng(seed), { size: 9 });
      const column = map.map((row) => row[4]).join("");
      const gaps = [column.slice(1, 4), column.slice(5, 8), map[4]!.slice(1, 4), map[4]!.slice(5, 8)];
      expect(gaps.map((part) => part.replaceAll("#", "").length)).toEqual([1, 1, 1, 1]);
    }
  });
});

describe("the key corridor", () => {
  test("has its goal behind the door, and the key outside", () => {
    for (let seed = 0; seed < 50; seed++) {
      const map = generateKeyCorridor(defaultRng(seed));
      expect(canBeWon(map.map((row) => row.replace("r", ".")))).toBe(false);
    }
  });
});

describe("Sokoban", () => {
  test.each([{}, { boxes: 1, rows: 5, columns: 5 }, { boxes: 4, rows: 9, columns: 10, moves: 400 }])(
    "%j: the moves played backwards solve the level",
    (options) => {
      for (let seed = 0; seed < numSeeds; seed++) {
        const { map, solution } = generateSokobanLevel(defaultRng(seed), options);
        const world = new World(map);
        expect(world.state.openTargets).toBe(options.boxes ?? 2);
        world.play(...solution.slice(0, -1));
        expect(world.terminated).toBe(false);
        world.play(solution.at(-1)!);
        expect([world.reward, world.terminated]).toEqual([1, true]);
      }
    },
  );
});

describe("dynamic obstacles", () => {
  test("start anywhere but beside the agent", () => {
    const places = new Set<number>();
    for (let seed = 0; seed < numSeeds; seed++) {
      const map = generateDynamicObstacles(defaultRng(seed), { size: 6, hazards: 3 });
      const cells = map.join("");
      expect(cells.replace(/[^?]/g, "")).toBe("???");
      for (const match of cells.matchAll(/\?/g)) places.add(match.index);
    }
    // 16 cells of floor but for agent, goal and the two beside the agent.
    expect(places.size).toBe(12);
  });
});

test.each([
  [generateMaze, { rows: 6 }, "rows is 6; give an odd number"],
  [generateMaze, { rows: 3 }, "rows is 3; give a whole number of at least 5"],
  [generateMaze, { algorithm: "prim" }, '"recursive-backtracker" or "wilson"'],
  [generateMaze, { colums: 9 }, "did you mean 'columns'?"],
  [generateTMaze, { length: 1 }, "length is 1"],
  [generateRooms, { minRoom: 2 }, "minRoom is 2; give an odd number"],
  [generateFourRooms, { size: 5 }, "at least 7"],
  [generateKeyCorridor, { roomSize: 0 }, "roomSize is 0"],
  [generateLavaCrossing, { streams: 4 }, "a room of size 9 has place for 3"],
  [generateDynamicObstacles, { size: 5, hazards: 6 }, "place for 5"],
  [generateSokobanLevel, { boxes: 5 }, "a level of 7 x 7 has place for 4"],
])("%o refuses %j", (generate, options, sentence) => {
  expect(() => (generate as (rng: unknown, options: object) => unknown)(defaultRng(0), options)).toThrow(
    sentence,
  );
});

describe("the maps of a task", () => {
  const rulesOf = (kwargs: object) => gridworldRules({ id: "Mazes-v0", generator: mazes }, kwargs);
  const mapsOf = (kwargs: object, seed: number) => {
    const rules = rulesOf(kwargs);
    const rng = defaultRng(seed);
    return Array.from({ length: 60 }, () => rules.init(rng, undefined, null).ground.join(""));
  };

  test("are so many, drawn anew each episode, and the same ones whatever the seed of the environment", () => {
    const few = new Set(mapsOf({ numMaps: 4 }, 1));
    expect(few.size).toBe(4);
    expect(new Set(mapsOf({ numMaps: 4 }, 2))).toEqual(few);
    expect(mapsOf({ numMaps: 4, mapSeed: 4 }, 1).some((map) => few.has(map))).toBe(false);
    expect(new Set(mapsOf({ numMaps: 1 }, 1)).size).toBe(1);
    expect(few).toContain(mapsOf({ numMaps: 1, mapSeed: 3 }, 0)[0]);
  });

  test("are without end where numMaps is null, and follow the environment's seed", () => {
    const maps = mapsOf({ numMaps: null }, 1);
    expect(new Set(maps).size).toBe(60);
    expect(mapsOf({ numMaps: null }, 1)).toEqual(maps);
    expect(mapsOf({ numMaps: null }, 2)).not.toEqual(maps);
  });

  test("come as their options say", () => {
    expect(rulesOf({ mapOptions: { rows: 7, columns: 9 } }).observationSpace.shape).toEqual([7, 9, 3]);
    expect(() => rulesOf({ mapOptions: { size: 7 } })).toThrow("The maze has no keyword 'size'");
  });
});
