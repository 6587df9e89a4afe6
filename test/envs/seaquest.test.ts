import { describe, expect, test } from "vitest";
import { minatarSeaquest, type SeaquestState, seaquest } from "../../src/envs/minatar/index.js";
import {
  add,
  gunCountdownOf,
  moveCountdownOf,
  objectSize,
  type SeaquestObjects,
} from "../../src/envs/minatar/seaquest-objects.js";
import { board, type Legend, sideBySide } from "./boards.js";
import { ScriptedDraws } from "./scripted-draws.js";

const legend: Legend = [
  ["S", 0],
  ["s", 1],
  ["*", 2],
  ["U", 6],
  ["F", 5],
  ["D", 9],
  ["!", 4],
  ["~", 3],
  ["x", 7],
  ["d", 8],
];
const noDraws = new ScriptedDraws([]);
const [noop, left, up, right, down, fire] = [0, 1, 2, 3, 4, 5];

const started = (ramping = true) => seaquest.init(noDraws, null, ramping);
const step = (state: SeaquestState, action = noop) => seaquest.step(state, action, noDraws);

function shown(state: SeaquestState): string {
  const observation = new Uint8Array(1000).fill(7);
  seaquest.observe(state, observation, 0);
  return board(observation, legend);
}

const line = (state: SeaquestState, row: number) => shown(state).split("\n")[row];

type Kind = "fish" | "submarines" | "divers" | "playerBullets" | "enemyBullets";

interface Thing {
  kind: Kind;
  row: number;
  column: number;
  /** 1 is right, the default; -1 left. */
  heading?: number;
  /** In how many steps it moves; by default not soon. */
  moves?: number;
  fires?: number;
}

/** A state with some objects, given oldest first, under water unless said otherwise; nothing new is due for a while. */
function position(things: readonly Thing[], rest: Partial<SeaquestState> = {}): SeaquestState {
  const state = started();
  Object.assign(state, { row: 4, surfaced: false, enemyCountdown: 1000, diverCountdown: 1000 }, rest);
  for (const { kind, row, column, heading = 1, moves = 100, fires = 100 } of things) {
    const at = add(state[kind], row, column, heading);
    state[kind].values[at + moveCountdownOf] = moves;
    state[kind].values[at + gunCountdownOf] = fires;
  }
  return state;
}

/** Oldest first. */
function cells({ count, values }: SeaquestObjects): [row: number, column: number][] {
  return Array.from({ length: count }, (_, i) => [values[i * objectSize]!, values[i * objectSize + 1]!]);
}

describe("the example boards of the specification", () => {
  test("no-op: a submarine comes in step 21 and fires, a diver comes in step 31", () => {
    const boards = sideBySide(`
      reset        step 21      step 26      step 31      step 32      step 36      step 37      step 38
      .....Ss...   .....Ss...   .....Ss...   .....Ss...   .....Ss...   .....Ss...   .....Ss...   .....Ss...
      ..........   ..........   ..........   ..........   ..........   ..........   ..........   ..........
      ..........   ..........   ..........   ..........   ..........   ..........   ..........   ..........
      ..........   ..........   ..........   ..........   ..........   ..........   ..........   ..........
      ..........   U.........   ~U........   ~U!.......   .~U!......   .~U....!..   .~U.....!.   ..~U.....!
      ..........   ..........   ..........   ..........   ..........   ..........   ..........   ..........
      ..........   ..........   ..........   ..........   ..........   ..........   ..........   ..........
      ..........   ..........   ..........   .........D   .........D   ........D~   ........D~   ........D~
      ..........   ..........   ..........   ..........   ..........   ..........   ..........   ..........
      xxxxxxxxxx   xxxxxxxxxx   xxxxxxxxxx   xxxxxxxxxx   xxxxxxxxxx   xxxxxxxxxx   xxxxxxxxxx   xxxxxxxxxx`);
    const rng = new ScriptedDraws([0.1, 0.2, 4, 0.9, 7]);
    const state = started();
    expect(shown(state)).toBe(boards.get("reset"));
    for (let number = 1; number <= 38; number++) {
      expect(seaquest.step(state, noop, rng)).toBe(0);
      expect(rng.used, `step ${number}`).toBe(number < 21 ? 0 : number < 31 ? 3 : 5);
      if (boards.has(`step ${number}`))
        expect(shown(state), `step ${number}`).toBe(boards.get(`step ${number}`));
    }
    expect(state.over).toBe(false);
  });

  test("down four times, then a shot; a fish comes in step 21", () => {
    const boards = sideBySide(`
      reset        step 1       step 4       step 5       step 6       step 21      step 22      step 30
      .....Ss...   ..........   ..........   ..........   ..........   ..........   ..........   ..........
      ..........   .....Ss...   ..........   ..........   ..........   ..........   ..........   ..........
      ..........   ..........   ..........   ..........   ..........   ..........   ..........   ..........
      ..........   ..........   ..........   ..........   ..........   ..........   ..........   ..........
      ..........   ..........   .....Ss...   ....*Ss...   ...*.Ss...   .....Ss...   .....Ss...   .....Ss...
      ..........   ..........   ..........   ..........   ..........   ..........   ..........   ..........
      ..........   ..........   ..........   ..........   ..........   F.........   F.........   ~F........
      ..........   ..........   ..........   ..........   ..........   ..........   ..........   ..........
      ..........   ..........   ..........   ..........   ..........   ..........   ..........   ..........
      xxxxxxxxxx   xxxxxxxxx.   xxxxxxxxx.   xxxxxxxxx.   xxxxxxxxx.   xxxxxxxx..   xxxxxxxx..   xxxxxxxx..`);
    const rng = new ScriptedDraws([0.1, 0.9, 6]);
    const state = started();
    expect(shown(state)).toBe(boards.get("reset"));
    for (let number = 1; number <= 30; number++) {
      expect(seaquest.step(state, number <= 4 ? down : number === 5 ? fire : noop, rng)).toBe(0);
      if (boards.has(`step ${number}`))
        expect(shown(state), `step ${number}`).toBe(boards.get(`step ${number}`));
    }
    expect(state.over).toBe(false);
  });
});

describe("the player", () => {
  test("moves within rows 0 to 8, keeps its heading on the way up and down, and turns even at the edge", () => {
    for (const [action, before, after] of [
      [left, [4, 0, 1], [4, 0, -1]],
      [right, [4, 9, -1], [4, 9, 1]],
      [left, [4, 6, 1], [4, 5, -1]],
      [right, [4, 6, -1], [4, 7, 1]],
      [up, [4, 6, 1], [3, 6, 1]],
      [down, [4, 6, -1], [5, 6, -1]],
      [down, [8, 6, -1], [8, 6, -1]],
      [fire, [4, 6, 1], [4, 6, 1]],
    ] as const) {
      const state = position([], { row: before[0], column: before[1], heading: before[2] });
      step(state, action);
      expect([state.row, state.column, state.heading], `action ${action}`).toEqual(after);
    }
  });

  test("fires along its heading, every fifth step at most", () => {
    const state = position([], { column: 0, heading: 1 });
    const bullets = Array.from({ length: 11 }, () => {
      step(state, fire);
      return cells(state.playerBullets).map(([, column]) => column);
    });
    expect(bullets.slice(0, 6)).toEqual([[1], [2], [3], [4], [5], [6, 1]]);
    expect(bullets.slice(8)).toEqual([[9, 4], [5], [6, 1]]);
  });

  test("moves on under its own bullets", () => {
    const state = position([], { column: 3, heading: 1 });
    step(state, fire);
    step(state, right);
    step(state, right);
    expect(line(state, 4)).toBe("....sS*...");
  });
});

describe("player bullets", () => {
  test("hit what is on the cell that they come to, even one just fired", () => {
    const state = position([{ kind: "fish", row: 4, column: 4, heading: -1 }]);
    expect(step(state, fire)).toBe(1);
    expect([state.fish.count, state.playerBullets.count]).toEqual([0, 0]);
  });

  test("hit one enemy: the oldest fish, and a submarine only where there is no fish", () => {
    const bullet: Thing = { kind: "playerBullets", row: 2, column: 6 };
    const state = position([
      { kind: "submarines", row: 2, column: 7 },
      { kind: "fish", row: 2, column: 7, moves: 50 },
      { kind: "fish", row: 2, column: 7, moves: 60 },
      bullet,
    ]);
    expect(step(state)).toBe(1);
    expect([state.fish.count, state.submarines.count, state.playerBullets.count]).toEqual([1, 1, 0]);
    expect(state.fish.values[moveCountdownOf]).toBe(59);

    const deep = position([
      { kind: "submarines", row: 2, column: 7, fires: 50 },
      { kind: "submarines", row: 2, column: 7, fires: 60 },
      bullet,
    ]);
    expect(step(deep)).toBe(1);
    expect(deep.submarines.count).toBe(1);
    expect(deep.submarines.values[gunCountdownOf]).toBe(59);
  });

  test("two of them can hit in one step", () => {
    const state = position([
      { kind: "fish", row: 2, column: 7 },
      { kind: "submarines", row: 3, column: 1 },
      { kind: "playerBullets", row: 2, column: 6 },
      { kind: "playerBullets", row: 3, column: 2, heading: -1 },
    ]);
    expect(step(state)).toBe(2);
    expect(state.playerBullets.count).toBe(0);
  });

  test("are run into by fish and submarines that move, unless the player is there", () => {
    for (const kind of ["fish", "submarines"] as const) {
      const state = position([
        { kind, row: 2, column: 7, heading: -1, moves: 0 },
        { kind: "playerBullets", row: 2, column: 5 },
      ]);
      expect(step(state)).toBe(1);
      expect([state[kind].count, state.playerBullets.count]).toEqual([0, 0]);
    }
    const shielded = position(
      [
        { kind: "fish", row: 4, column: 6, heading: -1, moves: 0 },
        { kind: "playerBullets", row: 4, column: 4 },
      ],
      { column: 5 },
    );
    expect(step(shielded)).toBe(0);
    expect(shielded).toMatchObject({ over: true });
    expect([shielded.fish.count, shielded.playerBullets.count]).toEqual([1, 1]);
  });
});

describe("divers", () => {
  test("come aboard where the player is, before or after they move", () => {
    const waiting = position([{ kind: "divers", row: 4, column: 4 }]);
    step(waiting, left);
    expect([waiting.diversAboard, waiting.divers.count]).toEqual([1, 0]);
    const coming = position([{ kind: "divers", row: 4, column: 4, moves: 0 }]);
    step(coming);
    expect([coming.diversAboard, coming.divers.count]).toEqual([1, 0]);
    const behind = position([{ kind: "divers", row: 4, column: 6 }]);
    step(behind);
    expect([behind.diversAboard, behind.divers.count]).toEqual([0, 1]);
  });

  test("leave a full submarine alone: the seventh swims on", () => {
    const state = position([{ kind: "divers", row: 4, column: 5, moves: 0 }], { diversAboard: 6 });
    step(state);
    expect(state.diversAboard).toBe(6);
    expect(cells(state.divers)).toEqual([[4, 6]]);
    step(state, right);
    expect(state.diversAboard).toBe(6);
    expect(state.divers.values[moveCountdownOf]).toBe(4);
  });

  test("the newer of two that arrive at once takes the last place", () => {
    const state = position(
      [
        { kind: "divers", row: 4, column: 4, moves: 0 },
        { kind: "divers", row: 4, column: 6, heading: -1, moves: 0 },
      ],
      { diversAboard: 5 },
    );
    step(state);
    expect(state.diversAboard).toBe(6);
    expect(state.divers.count).toBe(1);
    expect(state.divers.values[2]).toBe(1);
  });

  test("move every six steps and leave at the edge", () => {
    const state = position([{ kind: "divers", row: 2, column: 7, moves: 5 }], { oxygen: 1000 });
    const seen = Array.from({ length: 18 }, () => {
      step(state);
      return cells(state.divers)[0]?.[1];
    });
    expect(seen).toEqual([...Array(5).fill(7), ...Array(6).fill(8), ...Array(6).fill(9), undefined]);
  });

  test("aboard show from column 8 leftwards, a debt does not show", () => {
    const gauge = (diversAboard: number) => line(position([], { diversAboard, oxygen: 0 }), 9);
    expect([-2, 0, 1, 2, 6].map(gauge)).toEqual([
      "..........",
      "..........",
      "........d.",
      ".......dd.",
      "...dddddd.",
    ]);
  });
});

describe("enemies", () => {
  test("end the game on the player's front cell, before or after they move, not on its back", () => {
    for (const kind of ["fish", "submarines"] as const) {
      for (const [column, moves, over] of [
        [5, 9, true],
        [5, 0, true],
        [4, 0, true],
        [4, 1, false],
        [6, 9, false],
      ] as const) {
        const state = position([{ kind, row: 4, column, moves }]);
        expect(line(state, 4)).toContain("Ss");
        step(state);
        expect(state.over, `${kind} in column ${column}, moves in ${moves}`).toBe(over);
        expect(state[kind].count).toBe(1);
      }
    }
  });

  test("move every movePeriod + 1 steps and leave at the edge", () => {
    const state = position([{ kind: "fish", row: 2, column: 1, heading: -1, moves: 2 }], { movePeriod: 2 });
    const seen = Array.from({ length: 6 }, () => {
      step(state);
      return cells(state.fish)[0]?.[1];
    });
    expect(seen).toEqual([1, 1, 0, 0, 0, undefined]);
  });

  test("a submarine fires every eleven steps; the bullet moves in the step in which it is fired", () => {
    const state = position([{ kind: "submarines", row: 2, column: 3, fires: 0 }]);
    const newBullets = Array.from({ length: 12 }, () => {
      step(state);
      return cells(state.enemyBullets).some(([, column]) => column === 4);
    });
    expect(newBullets).toEqual([true, ...Array(10).fill(false), true]);
  });

  test("a submarine that moves and fires does it from its new cell", () => {
    const state = position([{ kind: "submarines", row: 2, column: 3, moves: 0, fires: 0 }]);
    step(state);
    expect(line(state, 2)).toBe("...~U!....");
  });

  test("a submarine shot as it moves still fires, from where it was hit", () => {
    const things = (fires: number): Thing[] => [
      { kind: "submarines", row: 2, column: 3, moves: 0, fires },
      { kind: "playerBullets", row: 2, column: 5, heading: -1 },
    ];
    const state = position(things(0));
    expect(step(state)).toBe(1);
    expect([state.submarines.count, state.playerBullets.count]).toEqual([0, 0]);
    expect(line(state, 2)).toBe(".....!....");
    const later = position(things(1));
    expect(step(later)).toBe(1);
    expect(later.enemyBullets.count).toBe(0);
  });

  test("a submarine that leaves the board as it fires leaves no bullet", () => {
    const state = position([{ kind: "submarines", row: 2, column: 9, moves: 0, fires: 0 }]);
    step(state);
    expect([state.submarines.count, state.enemyBullets.count]).toEqual([0, 0]);
  });

  test("their bullets end the game on the player's cell, before or after they move, and stay", () => {
    const flying = (column: number) => position([{ kind: "enemyBullets", row: 4, column }]);
    const hit = flying(4);
    step(hit);
    expect(hit.over).toBe(true);
    expect(cells(hit.enemyBullets)).toEqual([[4, 5]]);
    const entered = flying(4);
    step(entered, left);
    expect(entered.over).toBe(true);
    expect(cells(entered.enemyBullets)).toEqual([[4, 5]]);
    const past = flying(5);
    step(past, left);
    expect(past.over).toBe(false);
    const gone = flying(9);
    step(gone);
    expect(gone.enemyBullets.count).toBe(0);
  });
});

describe("what comes", () => {
  test("right from column 0, left from column 9; a third of the enemies are submarines", () => {
    for (const [draws, kind, row] of [
      [[0.49, 0.33, 3], "submarines", "U........."],
      [[0.5, 0.33, 3], "submarines", ".........U"],
      [[0.49, 0.34, 3], "fish", "F........."],
      [[0.5, 0.34, 3], "fish", ".........F"],
    ] as const) {
      const state = position([], { enemyCountdown: 0 });
      seaquest.step(state, noop, new ScriptedDraws(draws));
      expect(state[kind].count).toBe(1);
      expect(line(state, 3)).toBe(row);
    }
    const state = position([], { enemyCountdown: 0, diverCountdown: 0 });
    seaquest.step(state, noop, new ScriptedDraws([0.5, 0.9, 2, 0.49, 3]));
    expect([line(state, 2), line(state, 3)]).toEqual([".........F", "D........."]);
  });

  test("no enemy into a row where another heads the other way, but it draws, and the countdown starts anew", () => {
    for (const kind of ["fish", "submarines"] as const) {
      for (const [u, row, count] of [
        [0.1, 3, 1],
        [0.9, 3, 2],
        [0.1, 2, 2],
      ] as const) {
        const state = position([{ kind, row: 3, column: 5, heading: -1 }], { enemyCountdown: 0 });
        const rng = new ScriptedDraws([u, 0.9, row]);
        seaquest.step(state, noop, rng);
        expect(rng.used).toBe(3);
        expect(state.fish.count + state.submarines.count).toBe(count);
        expect(state.enemyCountdown).toBe(19);
      }
    }
  });

  test("divers at any rate, every 30 steps; enemies every enemyPeriod", () => {
    const state = position([{ kind: "fish", row: 3, column: 5, heading: -1 }], { diverCountdown: 0 });
    seaquest.step(state, noop, new ScriptedDraws([0.1, 3]));
    expect([state.divers.count, state.diverCountdown]).toEqual([1, 29]);
    const fast = position([], { enemyCountdown: 0, enemyPeriod: 1, row: 0, surfaced: true });
    seaquest.step(fast, noop, new ScriptedDraws([0.1, 0.9, 3]));
    seaquest.step(fast, noop, new ScriptedDraws([0.1, 0.9, 3]));
    expect(fast.fish.count).toBe(2);
  });

  test("an enemy waits for the move period of the step in which it comes", () => {
    const state = position([], { enemyCountdown: 0, movePeriod: 3 });
    const rng = new ScriptedDraws([0.1, 0.9, 3]);
    const columns = Array.from({ length: 8 }, () => {
      seaquest.step(state, noop, rng);
      return cells(state.fish)[0]?.[1];
    });
    expect(columns).toEqual([0, 0, 0, 1, 1, 1, 1, 2]);
  });

  test("as many as can ever be at once all have their place", () => {
    // An enemy in every step, each on the board for the longest time, all of them submarines that fire.
    const state = position([], { enemyCountdown: 0, enemyPeriod: 1, row: 0, surfaced: true, ramping: false });
    const rng = new ScriptedDraws(Array.from({ length: 200 }, (_, i) => [0.1, 0.1, 1 + (i % 8)]).flat());
    let [mostSubmarines, mostBullets] = [0, 0];
    for (let number = 1; number <= 200; number++) {
      seaquest.step(state, noop, rng);
      mostSubmarines = Math.max(mostSubmarines, state.submarines.count);
      mostBullets = Math.max(mostBullets, state.enemyBullets.count);
      for (const { kind, count, values } of [
        { kind: "submarines", ...state.submarines },
        { kind: "bullets", ...state.enemyBullets },
      ]) {
        expect(count * objectSize, `${kind} in step ${number}`).toBeLessThanOrEqual(values.length);
      }
    }
    // Each is there at the end of 59 steps. None was lost: the last 59 that came are all there.
    expect(mostSubmarines).toBe(59);
    // A submarine fires from columns 1, 3, 5, 7 and 9; those bullets are there for 8, 6, 4, 2 and 0 steps.
    expect(mostBullets).toBe(20);
    expect(cells(state.submarines).map(([row]) => row)).toEqual(
      Array.from({ length: 59 }, (_, i) => 1 + ((200 - 59 + i) % 8)),
    );
  });
});

describe("air", () => {
  test("at the surface costs nothing, and a no-op game does not end", () => {
    const state = position([], { row: 0, surfaced: true });
    for (let number = 0; number < 900; number++) step(state, number % 2 === 0 ? noop : up);
    expect(state).toMatchObject({ oxygen: 200, over: false, level: 0, diversAboard: 0 });
  });

  test("lasts for 200 steps under water; the 201st ends the game", () => {
    const state = position([], { row: 0, surfaced: true });
    for (let number = 1; number <= 200; number++) {
      step(state, number === 1 ? down : noop);
      expect(state.over, `step ${number}`).toBe(false);
      if (number === 20) expect(line(state, 9)).toBe("xxxxxxxxx.");
      if (number === 21) expect(line(state, 9)).toBe("xxxxxxxx..");
    }
    expect(state.oxygen).toBe(0);
    step(state);
    expect(state).toMatchObject({ over: true, oxygen: -1 });
    expect(line(state, 9)).toBe("..........");
  });

  test("that is gone on arrival at the surface ends the game, but the tank is filled in the same step", () => {
    const state = position([], { row: 1, oxygen: 0, diversAboard: 1 });
    step(state, up);
    expect(state).toMatchObject({ over: true, oxygen: 200, diversAboard: 0, level: 1 });
    expect(line(state, 9)).toBe("xxxxxxxxxx");
  });

  test("is not to be had without divers", () => {
    const state = position([], { row: 1, oxygen: 50 });
    step(state, up);
    expect(state).toMatchObject({ over: true, oxygen: 50, surfaced: false, diversAboard: 0, level: 0 });
  });

  test("costs one diver, once per stay at the surface", () => {
    const state = position([], { row: 1, oxygen: 50, diversAboard: 3 });
    expect(step(state, up)).toBe(0);
    expect(state).toMatchObject({ over: false, oxygen: 200, surfaced: true, diversAboard: 2, level: 1 });
    for (const action of [noop, left, up]) step(state, action);
    expect(state).toMatchObject({ oxygen: 200, diversAboard: 2, level: 1 });
  });
});

describe("a delivery", () => {
  test.each([
    [200, 10],
    [199, 9],
    [20, 1],
    [19, 0],
    [0, 0],
  ])("with air for %i steps gives %i", (oxygen, reward) => {
    const state = position([], { row: 1, oxygen, diversAboard: 6 });
    expect(step(state, up)).toBe(reward);
    expect(state).toMatchObject({ oxygen: 200, diversAboard: -1, level: 1, over: oxygen === 0 });
  });

  test("needs exactly six, and leaves a debt with which one may surface", () => {
    const five = position([], { row: 1, diversAboard: 5 });
    expect(step(five, up)).toBe(0);
    expect(five.diversAboard).toBe(4);

    const state = position([], { row: 1, diversAboard: 6 });
    step(state, up);
    for (const debt of [-2, -3]) {
      step(state, down);
      expect(step(state, up)).toBe(0);
      expect(state).toMatchObject({ diversAboard: debt, oxygen: 200, over: false });
    }
    expect(line(state, 9)).toBe("xxxxxxxxxx");
  });

  test("a diver pays one of the debt back; at exactly 0 surfacing is fatal", () => {
    const state = position([{ kind: "divers", row: 1, column: 5 }], { row: 1, diversAboard: -1 });
    step(state);
    expect(state.diversAboard).toBe(0);
    step(state, up);
    expect(state.over).toBe(true);
  });
});

describe("difficulty", () => {
  /** The periods after each of `times` surfacings. */
  function surfacings(ramping: boolean, times: number) {
    const state = position([], { row: 0, surfaced: true, diversAboard: -1, ramping });
    return Array.from({ length: times }, () => {
      step(state, down);
      step(state, up);
      return [seaquest.level?.(state), state.enemyPeriod, state.movePeriod];
    });
  }

  test("rises by surfacing, until enemies come in every step", () => {
    const levels = surfacings(true, 25);
    expect(levels.slice(0, 8)).toEqual([
      [1, 19, 5],
      [2, 18, 4],
      [3, 17, 4],
      [4, 16, 3],
      [5, 15, 3],
      [6, 14, 2],
      [7, 13, 2],
      [8, 12, 2],
    ]);
    expect(levels.slice(17, 20)).toEqual([
      [18, 2, 2],
      [19, 1, 2],
      [19, 1, 2],
    ]);
    expect(levels.at(-1)).toEqual([19, 1, 2]);
  });

  test("stays as it is without ramping", () => {
    expect(surfacings(false, 5)).toEqual(new Array(5).fill([0, 20, 5]));
  });
});

test("the end does not cut a step short: all else still moves, and what is hit counts", () => {
  const state = position(
    [
      { kind: "submarines", row: 4, column: 5, moves: 0 },
      { kind: "fish", row: 2, column: 7, heading: -1, moves: 0 },
      { kind: "playerBullets", row: 2, column: 5 },
    ],
    { gunCooldown: 3, oxygen: 100 },
  );
  expect(step(state)).toBe(1);
  expect(state).toMatchObject({
    over: true,
    oxygen: 99,
    gunCooldown: 2,
    enemyCountdown: 999,
    diverCountdown: 999,
  });
  expect(cells(state.submarines)).toEqual([[4, 6]]);
  expect(state.fish.count).toBe(0);
});

test("a reset forgets everything of the episode before", () => {
  const played = position(
    [
      { kind: "fish", row: 7, column: 1 },
      { kind: "submarines", row: 2, column: 2, fires: 0 },
      { kind: "divers", row: 3, column: 3 },
      { kind: "enemyBullets", row: 8, column: 3 },
    ],
    { row: 1, diversAboard: 6 },
  );
  for (const action of [fire, up, right, fire]) step(played, action);
  expect(played.level).toBe(1);
  expect([played.playerBullets.count, played.enemyBullets.count]).toEqual([1, 2]);
  const again = seaquest.init(noDraws, played, false);
  expect(shown(again)).toBe(shown(started()));
  const { fish, submarines, divers, playerBullets, enemyBullets, ...numbers } = again;
  for (const objects of [fish, submarines, divers, playerBullets, enemyBullets])
    expect(objects.count).toBe(0);
  expect(numbers.ramping).toBe(false);
  expect(started(false)).toMatchObject(numbers);
});

test("a snapshot in the middle of a game brings it back", () => {
  const env = minatarSeaquest.v1.make({ stickyActionProbability: 0 });
  env.reset({ seed: 3 });
  const play = (actions: readonly number[]) =>
    actions.map((action) => {
      const { observation, reward, terminated } = env.step(action);
      return `${reward} ${terminated} ${observation.join("")}`;
    });
  // At the surface nothing can happen to the player.
  play(Array(65).fill(noop));
  const snapshot = env.snapshot();
  const { fish, submarines, divers } = (snapshot.state as { game: SeaquestState }).game;
  expect(fish.count + submarines.count).toBeGreaterThan(1);
  expect(divers.count).toBeGreaterThan(0);
  const actions = Array.from({ length: 60 }, (_, number) =>
    number % 3 === 0 ? fire : number % 2 ? right : noop,
  );
  const first = play(actions);
  expect(new Set(first).size).toBeGreaterThan(30);
  env.restore(snapshot);
  expect(play(actions)).toEqual(first);
});

test("both versions have six actions", () => {
  for (const version of [minatarSeaquest.v0, minatarSeaquest.v1]) {
    expect(version.rules().actionNames).toEqual(["noop", "left", "up", "right", "down", "fire"]);
  }
});
