import { make, type RgbFrame } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import "../../src/envs/index.js";
import { taxiRules } from "../../src/envs/index.js";

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
const escapes = /\x1b\[[0-9;]*m/g;

function text(id: string, seed: number, actions: readonly number[]): string[] {
  const env = make<unknown, number>(id, { renderMode: "ansi" });
  env.reset({ seed });
  for (const action of actions) env.step(action);
  return (env.render() as string).replace(escapes, "").split("\n");
}

function picture(id: string, seed: number, actions: readonly number[]): RgbFrame {
  const env = make<unknown, number>(id, { renderMode: "rgb_array" });
  env.reset({ seed });
  for (const action of actions) env.step(action);
  return env.render() as RgbFrame;
}

const countOf = ({ data }: RgbFrame, [red, green, blue]: readonly number[]): number => {
  let count = 0;
  for (let i = 0; i < data.length; i += 3) {
    if (data[i] === red && data[i + 1] === green && data[i + 2] === blue) count++;
  }
  return count;
};

describe("text", () => {
  test("CliffWalking: the player above the cliff", () => {
    const path = ` ${new Array(12).fill("o").join("  ")} `;
    expect(text("CliffWalking-v1", 0, [0, 1])).toEqual([
      "  (Right)",
      path,
      path,
      " o  x  o  o  o  o  o  o  o  o  o  o ",
      " S  C  C  C  C  C  C  C  C  C  C  T ",
    ]);
  });

  test("Taxi: Gymnasium's map, the action and the situation", () => {
    // Seed 0 starts at situation 314: row 3, column 0, the passenger at B, to Y.
    expect(text("Taxi-v4", 0, [1])).toEqual([
      "  (North)",
      "+---------+",
      "|R: | : :G|",
      "| : | : : |",
      "|_: : : : |",
      "| | : | : |",
      "|Y| : |B: |",
      "+---------+",
      "Passenger at B, to Y",
    ]);
  });

  test("Blackjack: the dealer's second card is seen once the player sticks", () => {
    const before = text("Blackjack-v1", 0, []);
    expect(before.slice(2)).toEqual(["        shows 10", "Player   7   4 ", "        11"]);
    expect(before[1]).toMatch(/^Dealer {3}[JQK][♣♦♥♠] {3}\? $/);
    const after = text("Blackjack-v1", 0, [0]);
    expect(after[0]).toBe("  (Stick)");
    expect(after[1]).not.toContain("?");
    expect(Number.parseInt(after[2]!.trim(), 10)).toBeGreaterThanOrEqual(17);
  });
});

describe("pictures", () => {
  test("CliffWalking: the player's disc moves up by one cell", () => {
    const [before, after] = [picture("CliffWalking-v1", 0, []), picture("CliffWalking-v1", 0, [0])];
    const firstRow = ({ data, width }: RgbFrame) => {
      for (let i = 0; i < data.length; i += 3)
        if (data[i] === 211 && data[i + 1] === 47) return Math.floor(i / 3 / width);
      return -1;
    };
    expect(firstRow(before) - firstRow(after)).toBe(13);
  });

  test("Taxi: yellow without a passenger, green with one", () => {
    const { init, renderRgb } = taxiRules();
    const draw = (situation: number) => {
      const state = init({ random: () => 0 } as never, undefined, null);
      return renderRgb!({ ...state, situation })!;
    };
    const [yellow, violet] = [
      [255, 235, 59],
      [126, 87, 194],
    ];
    expect(countOf(draw(1), yellow!)).toBeGreaterThan(100);
    expect(countOf(draw(17), yellow!)).toBe(0);
    expect(countOf(draw(1), violet!)).toBeGreaterThan(60);
    expect(countOf(draw(17), violet!)).toBeGreaterThan(10);
  });

  test("Blackjack: the hidden card's blue back goes once it is open", () => {
    const back = [40, 70, 150];
    expect(countOf(picture("Blackjack-v1", 0, []), back)).toBeGreaterThan(300);
    expect(countOf(picture("Blackjack-v1", 0, [0]), back)).toBe(0);
  });
});
