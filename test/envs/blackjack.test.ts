import { FlattenObservation, make, makeVec } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { type BlackjackKwargs, type BlackjackObservation, blackjackRules } from "../../src/envs/index.js";
import { ScriptedDraws } from "./scripted-draws.js";

const [stick, hit] = [0, 1];

type Card = "A" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "10" | "J" | "Q" | "K";
const ranks: readonly Card[] = ["A", "2", "3", "4", "5", "6", "7", "8", "9", "10", "J", "Q", "K"];

interface Deal {
  dealer: readonly [Card, Card];
  player: readonly [Card, Card];
  /** What comes from the deck afterwards. */
  deck?: readonly Card[];
}

function play({ dealer, player, deck = [] }: Deal, actions: readonly number[], kwargs: BlackjackKwargs = {}) {
  const rules = blackjackRules(kwargs);
  const index = (card: Card) => ranks.indexOf(card);
  const isTen = index(dealer[0]) >= 9;
  const rng = new ScriptedDraws([
    ...[...dealer, ...player].map(index),
    2,
    ...(isTen ? [1] : []),
    ...deck.map(index),
  ]);
  const state = rules.init(rng, undefined, null);
  const observed = () => {
    const numbers = new Int32Array(3);
    rules.observe(state, numbers, 0);
    return [...numbers];
  };
  const first = observed();
  const steps = actions.map((action) => {
    const { reward, terminated } = rules.step(state, action, rng);
    return { observation: observed(), reward, terminated };
  });
  return { first, steps, last: steps.at(-1)!, left: 5 + Number(isTen) + deck.length - rng.used };
}

const reward = (deal: Deal, kwargs?: BlackjackKwargs) => play(deal, [stick], kwargs).last.reward;

describe("Blackjack", () => {
  test("shows the player's sum, the dealer's first card and a usable ace", () => {
    expect(play({ dealer: ["K", "5"], player: ["7", "9"] }, []).first).toEqual([16, 10, 0]);
    expect(play({ dealer: ["A", "5"], player: ["7", "A"] }, []).first).toEqual([18, 1, 1]);
    expect(play({ dealer: ["2", "5"], player: ["A", "A"] }, []).first).toEqual([12, 2, 1]);
  });

  test("hitting takes a card; an ace falls back to 1; above 21 all is lost", () => {
    const { steps } = play({ dealer: ["9", "9"], player: ["A", "6"], deck: ["8", "5", "2"] }, [
      hit,
      hit,
      hit,
    ]);
    expect(steps).toEqual([
      { observation: [15, 9, 0], reward: 0, terminated: false },
      { observation: [20, 9, 0], reward: 0, terminated: false },
      { observation: [22, 9, 0], reward: -1, terminated: true },
    ]);
  });

  test("21 by hitting does not end the episode", () => {
    const { last } = play({ dealer: ["9", "9"], player: ["10", "6"], deck: ["5"] }, [hit]);
    expect(last).toEqual({ observation: [21, 9, 0], reward: 0, terminated: false });
  });

  test("the dealer draws to 17, soft 17 included, and no further", () => {
    const draws = (dealer: readonly [Card, Card], deck: readonly Card[]) =>
      deck.length - play({ dealer, player: ["10", "8"], deck }, [stick]).left;
    expect(draws(["10", "7"], ["2"])).toBe(0);
    expect(draws(["A", "6"], ["2"])).toBe(0);
    expect(draws(["10", "6"], ["A", "2"])).toBe(1);
    expect(draws(["2", "2"], ["2", "2", "2", "2", "4", "K", "K"])).toBe(6);
  });

  test("a higher sum wins, the same is a draw, and a dealer above 21 loses", () => {
    expect(reward({ dealer: ["10", "8"], player: ["10", "9"] })).toBe(1);
    expect(reward({ dealer: ["10", "9"], player: ["10", "9"] })).toBe(0);
    expect(reward({ dealer: ["10", "9"], player: ["10", "8"] })).toBe(-1);
    expect(reward({ dealer: ["10", "6"], player: ["2", "3"], deck: ["Q"] })).toBe(1);
    expect(play({ dealer: ["10", "8"], player: ["10", "9"] }, [stick]).last.terminated).toBe(true);
  });

  describe("an ace and a ten as the first cards", () => {
    const natural = { player: ["A", "J"] } as const;
    const beaten: Deal = { ...natural, dealer: ["10", "9"] };
    const both: Deal = { ...natural, dealer: ["A", "K"] };
    const made: Deal = { ...natural, dealer: ["7", "7"], deck: ["7"] };

    test.each<[BlackjackKwargs, number[]]>([
      [{ sab: false }, [1, 0, 0]],
      [{ natural: true, sab: false }, [1.5, 0, 0]],
      // As in the book it beats a dealer's 21 of three cards. Gymnasium registers the environment so, not its class.
      [{}, [1, 0, 1]],
      [{ natural: true }, [1, 0, 1]],
      [{ natural: true, sab: true }, [1, 0, 1]],
    ])("%j: against less, against the same, against 21 of three cards", (kwargs, rewards) => {
      expect([beaten, both, made].map((deal) => reward(deal, kwargs))).toEqual(rewards);
    });

    test("three cards that make 21 are none", () => {
      const deal: Deal = { dealer: ["10", "9"], player: ["A", "5"], deck: ["5"] };
      expect(play(deal, [hit, stick], { natural: true, sab: false }).last.reward).toBe(1);
      const against: Deal = { dealer: ["7", "7"], player: ["A", "5"], deck: ["5", "7"] };
      expect(play(against, [hit, stick], { sab: true }).last.reward).toBe(0);
    });
  });

  test("observations are lists, of which the last two stay whole", () => {
    const env = make<BlackjackObservation, number>("Blackjack-v1");
    const { observation } = env.reset({ seed: 0 });
    expect(observation).toEqual([11, 10, 0]);
    const next = env.step(hit).observation;
    expect(next).toEqual([12, 10, 0]);
    expect(observation).toEqual([11, 10, 0]);
  });

  test("a vector's observations are one array per member, in every way of making it", () => {
    const singles = [4, 5, 6].map((seed) =>
      make<BlackjackObservation, number>("Blackjack-v1").reset({ seed }),
    );
    const expected = [0, 1, 2].map((member) =>
      Int32Array.from(singles, ({ observation }) => observation[member]!),
    );
    for (const vectorizationMode of ["native", "sync"] as const) {
      const envs = makeVec("Blackjack-v1", { numEnvs: 3, vectorizationMode });
      expect(envs.reset({ seed: 4 }).observations).toEqual(expected);
    }
  });

  test("flattened they are one-hot vectors, which nets can read", () => {
    const env = new FlattenObservation(make<BlackjackObservation, number>("Blackjack-v1"));
    const flat = env.reset({ seed: 0 }).observation as unknown as ArrayLike<number>;
    const ones = Array.from(flat).flatMap((value, i) => (value === 1 ? [i] : []));
    expect([flat.length, ...ones]).toEqual([45, 11, 32 + 10, 43]);
  });

  test("bad keywords", () => {
    expect(() => make("Blackjack-v1", { naturals: true })).toThrow("did you mean 'natural'?");
    expect(() => make("Blackjack-v1", { sab: 1 })).toThrow("sab is 1; give true or false");
  });
});
