import { make, type RgbFrame, registry } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import "../../src/envs/index.js";

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
const escapes = /\x1b\[[0-9;]*m/g;

function drawn(
  id: string,
  renderMode: "ansi" | "rgb_array",
  actions: readonly unknown[] = [],
): string | RgbFrame {
  const env = make<unknown, unknown>(id, { renderMode });
  env.reset({ seed: 0 });
  for (const action of actions) env.step(action);
  return env.render()!;
}

describe.each([...registry.keys()])("%s", (id) => {
  test("draws a picture whose size fits its data and which has several colours", () => {
    const { width, height, data } = drawn(id, "rgb_array") as RgbFrame;
    expect(data).toHaveLength(width * height * 3);
    // Pixel games are drawn as large as they are observed.
    expect(Math.max(width, height)).toBeLessThanOrEqual(id.startsWith("Ludus/Breakout") ? 210 : 160);
    const colours = new Set<string>();
    for (let pixel = 0; pixel < data.length; pixel += 3) colours.add(data.subarray(pixel, pixel + 3).join());
    expect(colours.size).toBeGreaterThanOrEqual(3);
  });

  test("draws text that is another one after a step", () => {
    const before = drawn(id, "ansi") as string;
    const { actionSpace } = make(id);
    actionSpace.seed(0);
    const action = actionSpace.type === "Discrete" ? 1 : actionSpace.sample();
    const after = drawn(id, "ansi", [action]) as string;
    expect(before.split("\n").length).toBeGreaterThan(3);
    expect(after).not.toBe(before);
  });
});

test("Breakout without its colours still reads", () => {
  expect((drawn("MinAtar/Breakout-v1", "ansi", [0]) as string).replace(escapes, "").split("\n")).toEqual([
    "+--------------------+",
    "|                    |",
    "|####################|",
    "|####################|",
    "|####################|",
    expect.stringMatching(/^\| {2}\(\) {16}\|$|^\| {16}\(\) {2}\|$/),
    ...new Array<string>(4).fill("|                    |"),
    "|        ==          |",
    "+--------------------+",
  ]);
});

test("FrozenLake marks the player's cell and says the last action", () => {
  const text = drawn("FrozenLake-v1", "ansi", [2]) as string;
  expect(text.replace(escapes, "").split("\n")).toEqual(["  (Right)", "SFFF", "FHFH", "FFFH", "HFFG"]);
  expect(text.match(/48;2;211;47;47m/g)).toHaveLength(1);
});

test("CartPole shows a cart in the middle of its track, a pole and the numbers", () => {
  const lines = (drawn("CartPole-v1", "ansi") as string).split("\n");
  expect(lines[5]!.indexOf("[_o_]")).toBeGreaterThan(19);
  expect(lines[5]!.indexOf("[_o_]")).toBeLessThan(25);
  expect(lines[4]!.trim()).toBe("|");
  expect(lines.at(-1)).toMatch(/^x [+-]0\.0\d\d m, .* rad\/s$/);
});
