import { make, makeVec } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { decodeTaxi, encodeTaxi, type TaxiKwargs, taxiRules } from "../../src/envs/index.js";
import { ScriptedDraws } from "./scripted-draws.js";

const [south, north, east, west, pickup, dropoff] = [0, 1, 2, 3, 4, 5];
const [red, green, yellow, blue, aboard] = [0, 1, 2, 3, 4];

const at = (row: number, column: number, passenger: number, destination: number) =>
  encodeTaxi({ taxi: row * 5 + column, passenger, destination });

/** Steps from a situation; `draws` are those of the steps, one each and what a fickle passenger takes. */
function play(
  situation: number,
  actions: readonly number[],
  options: TaxiKwargs & { draws?: number[] } = {},
) {
  const { draws = actions.map(() => 0.5), ...kwargs } = options;
  const rules = taxiRules(kwargs);
  // At reset one draw for the start, and one that makes the passenger fickle.
  const rng = new ScriptedDraws([0, ...(kwargs.ficklePassenger ? [0] : []), ...draws]);
  const state = rules.init(rng, undefined, null);
  state.situation = situation;
  const steps = actions.map((action) => {
    const { reward, terminated } = rules.step(state, action, rng);
    return { situation: state.situation, reward, terminated, prob: state.info.prob };
  });
  return { steps, situations: steps.map((step) => step.situation), used: rng.used };
}

describe("Taxi", () => {
  test("numbers its situations as Gymnasium does", () => {
    expect(at(3, 1, yellow, red)).toBe(328);
    expect(decodeTaxi(328)).toEqual({ taxi: 16, passenger: yellow, destination: red });
    for (let state = 0; state < 500; state++) expect(encodeTaxi(decodeTaxi(state))).toBe(state);
  });

  test("brings the passenger: 20 at the end, -1 for each other step", () => {
    const way = [pickup, south, south, south, south, dropoff];
    const { steps } = play(at(0, 0, red, yellow), way);
    expect(steps.map(({ reward }) => reward)).toEqual([-1, -1, -1, -1, -1, 20]);
    expect(steps.map(({ terminated }) => terminated)).toEqual([false, false, false, false, false, true]);
    expect(steps.at(-1)!.situation).toBe(at(4, 0, yellow, yellow));
  });

  test("walls and borders hold, and cost 1", () => {
    const blocked: [number, number, number][] = [
      [0, 1, east],
      [0, 2, west],
      [3, 0, east],
      [4, 3, west],
      [0, 3, north],
      [4, 2, south],
      [2, 0, west],
      [2, 4, east],
    ];
    for (const [row, column, action] of blocked) {
      const here = at(row, column, green, blue);
      expect(play(here, [action]).steps[0]).toEqual({
        situation: here,
        reward: -1,
        terminated: false,
        prob: 1,
      });
    }
    expect(play(at(2, 0, green, blue), [east]).situations).toEqual([at(2, 1, green, blue)]);
  });

  test("picking up and dropping off where that cannot be costs 10", () => {
    const impossible: [number, number][] = [
      [at(1, 1, green, blue), pickup],
      [at(0, 0, green, blue), pickup],
      [at(0, 0, aboard, blue), pickup],
      [at(1, 1, aboard, blue), dropoff],
      [at(4, 3, green, blue), dropoff],
    ];
    for (const [situation, action] of impossible) {
      expect(play(situation, [action]).steps[0]).toMatchObject({ situation, reward: -10, terminated: false });
    }
  });

  test("a passenger may be left at another stop, and is not yet where it wants to go", () => {
    const { steps } = play(at(0, 4, aboard, blue), [dropoff]);
    expect(steps[0]).toMatchObject({ situation: at(0, 4, green, blue), reward: -1, terminated: false });
  });

  test("the mask tells which actions change something", () => {
    const { P, actionMask } = taxiRules();
    const env = make<number, number>("Taxi-v4");
    for (let seed = 0; seed < 40; seed++) {
      const { observation, info } = env.reset({ seed });
      const mask = info["actionMask"] as Int8Array;
      expect([...mask]).toEqual(
        P[observation]!.map(([outcome]) => Number(outcome!.nextState !== observation)),
      );
      const written = new Uint8Array(6);
      actionMask!({ situation: observation } as never, written, 0);
      expect([...written]).toEqual([...mask]);
    }
  });

  test("vectors show the mask to agents", () => {
    const envs = makeVec("Taxi-v4", { numEnvs: 2 });
    const { infos } = envs.reset({ seed: 3 });
    const masks = infos["actionMask"]!.values.map((mask) => [...(mask as Int8Array)]);
    expect([...envs.actionMasks!]).toEqual(masks.flat());
  });

  test("starts in one of 300 situations, all alike, by one draw", () => {
    const rules = taxiRules();
    const starts = Array.from({ length: 300 }, (_, i) => {
      const rng = new ScriptedDraws([(i + 0.5) / 300]);
      return decodeTaxi(rules.init(rng, undefined, null).situation);
    });
    expect(new Set(starts.map(encodeTaxi)).size).toBe(300);
    expect(starts.every((one) => one.passenger !== aboard && one.passenger !== one.destination)).toBe(true);
  });
});

describe("rain", () => {
  const kwargs = { isRainy: true, rainyProbability: 0.8 };
  const slip = (1 - 0.8) / 2;

  test.each([
    ["South", south, [3, 2], [2, 3], [2, 1]],
    ["North", north, [1, 2], [2, 1], [2, 3]],
    ["East", east, [2, 3], [1, 2], [3, 2]],
    ["West", west, [2, 1], [3, 2], [1, 2]],
  ] as const)(
    "%s: as told, or off to the driver's left or right",
    (_name, action, ahead, toLeft, toRight) => {
      const { steps } = play(at(2, 2, green, blue), [action], kwargs);
      expect(steps[0]!.prob).toBe(0.8);
      const landsOn = (u: number) =>
        play(at(2, 2, green, blue), [action], { ...kwargs, draws: [u] }).steps[0]!;
      const cell = ([row, column]: readonly [number, number]) => at(row, column, green, blue);
      expect([0, 0.79, 0.81, 0.89, 0.91, 0.99].map((u) => landsOn(u).situation)).toEqual(
        [ahead, ahead, toLeft, toLeft, toRight, toRight].map(cell),
      );
      expect(landsOn(0.85).prob).toBe(slip);
      expect(landsOn(0.95).reward).toBe(-1);
    },
  );

  test("who drives against a wall does not slip, and who slips against one stays", () => {
    for (const u of [0.1, 0.85, 0.95]) {
      expect(play(at(0, 1, green, blue), [east], { ...kwargs, draws: [u] }).situations).toEqual([
        at(0, 1, green, blue),
      ]);
    }
    // East of (0, 1) and of (1, 1) is a wall: southwards from there, the slip to the left stays.
    expect(play(at(0, 1, green, blue), [south], { ...kwargs, draws: [0.85] }).situations).toEqual([
      at(0, 1, green, blue),
    ]);
  });

  test("passengers board and leave surely", () => {
    const steps = play(at(0, 0, red, yellow), [pickup, dropoff], { ...kwargs, draws: [0.99, 0.99] }).steps;
    expect(steps.map(({ situation, prob }) => [situation, prob])).toEqual([
      [at(0, 0, aboard, yellow), 1],
      [at(0, 0, red, yellow), 1],
    ]);
  });

  test("the table has three outcomes for each move, which sum to 1", () => {
    for (const actions of taxiRules(kwargs).P) {
      expect(actions.map((outcomes) => outcomes.length)).toEqual([3, 3, 3, 3, 1, 1]);
      for (const outcomes of actions) {
        expect(outcomes.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 12);
      }
    }
  });
});

describe("a fickle passenger", () => {
  const fickle = { ficklePassenger: true };

  test("changes its destination with the first move that takes it away, and never again", () => {
    // pickup, blocked by the border, move (and the choice of the third other stop), two more moves
    const actions = [pickup, north, south, south, south];
    const { situations, used } = play(at(0, 0, red, yellow), actions, {
      ...fickle,
      draws: [0, 0, 0, 2, 0, 0],
    });
    expect(situations).toEqual([
      at(0, 0, aboard, yellow),
      at(0, 0, aboard, yellow),
      at(1, 0, aboard, blue),
      at(2, 0, aboard, blue),
      at(3, 0, aboard, blue),
    ]);
    expect(used).toBe(8);
  });

  test.each([
    [0, red],
    [1, green],
    [2, blue],
  ])("choice %d of the stops other than yellow", (choice, destination) => {
    const draws = [0, choice];
    expect(play(at(1, 0, aboard, yellow), [south], { ...fickle, draws }).situations).toEqual([
      at(2, 0, aboard, destination),
    ]);
  });

  test("waits until it is in the taxi", () => {
    const { situations } = play(at(1, 0, red, yellow), [south, north], { ...fickle, draws: [0, 0] });
    expect(situations).toEqual([at(2, 0, red, yellow), at(1, 0, red, yellow)]);
  });

  test("is fickle with fickleProbability, drawn at each reset", () => {
    const isFickle = (u: number, fickleProbability?: number) => {
      const rules = taxiRules({
        ...fickle,
        ...(fickleProbability === undefined ? {} : { fickleProbability }),
      });
      return rules.init(new ScriptedDraws([0, u]), undefined, null).isFickle;
    };
    expect([0.29, 0.31].map((u) => isFickle(u))).toEqual([true, false]);
    expect([0.29, 0.31].map((u) => isFickle(u, 0.3))).toEqual([true, false]);
    expect([0.29, 0.31].map((u) => isFickle(u, 1))).toEqual([true, true]);
    expect(taxiRules().init(new ScriptedDraws([0]), undefined, null).isFickle).toBe(false);
  });

  test("is not in the table", () => {
    expect(taxiRules(fickle).P).toEqual(taxiRules().P);
  });
});

test("limits, and bad keywords", () => {
  expect(make("Taxi-v4").spec).toMatchObject({ maxEpisodeSteps: 200, rewardThreshold: 8 });
  expect(() => make("Taxi-v4", { isRaining: true })).toThrow("Taxi-v4 has no keyword 'isRaining'");
  expect(() => make("Taxi-v4", { rainyProbability: 2 })).toThrow("give a probability, from 0 to 1");
  expect(() => make("Taxi-v4", { fickleProbability: "often" })).toThrow("give a probability, from 0 to 1");
  expect(() => make("Taxi-v4", { ficklePassenger: 1 })).toThrow("give true or false");
});
