import { clonePlain, make, type RulesEnv, registry } from "gymnasium-js";
import type { Renderer } from "pixi.js";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { sightLines } from "../../src/envs/gridworld/egocentric.js";
import type { GridState, GridworldRules } from "../../src/envs/index.js";
import { findArena } from "../../src/multiagent/index.js";
import { alone, situationInArena } from "../../src/viewer/situation.js";
import type { Rules, Scene, Shown } from "../../viewer/src/scenes/scene.js";

// What draws asks for the browser as soon as it is loaded; none of what it draws with is needed here.
vi.stubGlobal("navigator", { userAgent: "" });
vi.stubGlobal("document", { createElement: () => ({ getContext: () => null }) });
const { Container, Graphics, Texture, TextureSource } = await import("pixi.js");
const { sceneFor } = await import("../../viewer/src/scenes/index.js");
const { Artwork, Drawing, sharpen } = await import("../../viewer/src/scenes/artwork.js");
const { GuardedScene } = await import("../../viewer/src/scenes/guarded.js");

const stage = { envOptions: {}, hasState: true };

const now = { state: {}, picture: null };

function broken(): never {
  throw new Error("This state is like no other.");
}

function sceneThat(draw: Scene["draw"]): Scene {
  return { root: new Container(), size: { width: 3, height: 2 }, cellOf: () => ({ x: 1, y: 1 }), draw };
}

function rulesWith(renderRgb: NonNullable<Rules["renderRgb"]>): Rules {
  return { renderRgb } as Rules;
}

beforeEach(() => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
});

test.each([...registry.keys()])("%s has a scene that can draw it", (env) => {
  const play = make(env);
  play.actionSpace.seed(0);
  play.reset({ seed: 0 });
  const scene = sceneFor({ ...stage, env });
  let before: Shown | null = null;
  for (let step = 0; step < 60; step++) {
    const shown: Shown = {
      state: clonePlain((play.unwrapped as RulesEnv<object, unknown, unknown>).state!),
      picture: null,
    };
    for (const share of [0, 0.5, 1]) scene.draw(before, shown, share);
    before = shown;
    const { legal } = findArena(env) === null ? alone : situationInArena(play);
    const { terminated, truncated } = play.step(
      play.actionSpace.sample(legal === null ? undefined : { mask: legal }),
    );
    if (terminated || truncated) play.reset();
  }
  expect(console.warn).not.toHaveBeenCalled();
  expect(scene.size.width * scene.size.height).toBeGreaterThan(1);
});

test.each(["FrozenLake-v1", "FrozenLake8x8-v1", "CliffWalking-v1", "CliffWalkingSlippery-v1"])(
  "%s has a place on its board for every state",
  (env) => {
    const scene = sceneFor({ ...stage, env });
    const { width, height } = scene.size;
    const places = Array.from({ length: width * height }, (_, state) => scene.cellOf!(state, now)!);
    expect(new Set(places.map(({ x, y }) => `${x} ${y}`)).size).toBe(width * height);
    for (const { x, y } of places) expect(x >= 0 && x < width && y >= 0 && y < height).toBe(true);
  },
);

test("gridworlds with partial views say so", () => {
  const observed = (env: string) => sceneFor({ ...stage, env }).observed;
  expect(observed("Ludus/KeyCorridor-v0")).toBe("part");
  expect(observed("Ludus/DoorKey-v0")).toBe("whole");
});

test.each(["Ludus/TMaze-v0", "Ludus/MemoryMaze-v0"])("%s shows each cell of a view where it lies", (env) => {
  const play = make(env);
  play.actionSpace.seed(1);
  play.reset({ seed: 1 });
  const { rules, state } = play.unwrapped as unknown as { rules: GridworldRules; state: GridState };
  const { actions, viewSize } = rules.options;
  const scene = sceneFor({ ...stage, env });
  expect(scene.field).toBeUndefined();
  const headings = new Set<number>();
  for (let step = 0; step < 40; step++) {
    scene.draw(null, { state, picture: null }, 1);
    const { width: columns, height: rows } = scene.size;
    const options = { rows, columns, viewSize, turns: actions === "turns", seeThroughWalls: true };
    const { cells, places, steps } = sightLines(options);
    const [agent, heading] = [state.agents[0]!, state.headings[0]!];
    headings.add(heading);
    const { x, y, width, height, quarters = 0 } = scene.field!;
    expect([width, height]).toEqual([viewSize, viewSize]);
    for (let i = 0; i < viewSize ** 2; i++) {
      const at = (heading * viewSize ** 2 + i) * 4;
      const seen = cells[places[agent]! + steps[at + 3]!]!;
      // The middle of the cell of the view, from the middle of the view, turned.
      let [right, down] = [(steps[at]! % viewSize) + 0.5, Math.floor(steps[at]! / viewSize) + 0.5];
      [right, down] = [right - width / 2, down - height / 2];
      for (let turn = 0; turn < quarters; turn++) [right, down] = [-down, right];
      const [column, row] = [Math.floor(x + width / 2 + right), Math.floor(y + height / 2 + down)];
      const isInside = column >= 0 && column < columns && row >= 0 && row < rows;
      expect(isInside ? row * columns + column : -1).toBe(seen);
    }
    const { terminated, truncated } = play.step(play.actionSpace.sample());
    if (terminated || truncated) play.reset();
  }
  expect(headings.size).toBeGreaterThan(actions === "turns" ? 2 : 0);
});

test("a picture that things of several sizes share is there until all have a sharper one", () => {
  const frames: (() => void)[] = [];
  vi.stubGlobal("requestAnimationFrame", (next: () => void) => frames.push(next));
  const renderer = { generateTexture: () => new Texture({ source: new TextureSource() }) };
  const artwork = new Artwork(new Graphics().rect(0, 0, 10, 10).fill(0xffffff));
  const [small, large] = [new Drawing(artwork), new Drawing(artwork)];
  large.scale.set(4);
  const board = new Container();
  board.addChild(small, large);
  const draw = () => sharpen(board, renderer as unknown as Renderer, 1);
  draw();
  expect(large.texture).not.toBe(small.texture);
  // What is in the picture has not been thrown away.
  expect([small.texture.source, large.texture.source]).not.toContain(null);
  for (const next of frames.splice(0)) next();
  draw();
  expect(small.texture).toBe(large.texture);
  expect(small.texture.source).not.toBeNull();
  expect(frames).toEqual([]);
});

describe("a scene that cannot draw", () => {
  const picture = () => ({ width: 20, height: 10, data: new Uint8Array(600) });

  test("is left alone while it can", () => {
    const draw = vi.fn();
    const scene = new GuardedScene(() => sceneThat(draw), rulesWith(broken));
    scene.draw(null, now, 1);
    expect(draw).toHaveBeenCalledWith(null, now, 1);
    expect(scene.size).toEqual({ width: 3, height: 2 });
    expect(scene.cellOf?.(0, now)).toEqual({ x: 1, y: 1 });
    expect(console.warn).not.toHaveBeenCalled();
  });

  test.each([
    ["a state", () => sceneThat(broken)],
    ["anything at all", broken],
  ])("gives way to the picture: %s", (_, open) => {
    const scene = new GuardedScene(open, rulesWith(picture));
    for (let frame = 0; frame < 3; frame++) scene.draw(null, now, 1);
    expect(scene.size).toEqual({ width: 20, height: 10 });
    expect(scene.cellOf).toBeUndefined();
    expect(console.warn).toHaveBeenCalledTimes(1);
  });

  test("and to nothing where there is no picture either", () => {
    const scene = new GuardedScene(() => sceneThat(broken), rulesWith(broken));
    for (let frame = 0; frame < 4; frame++) scene.draw(null, now, 1);
    expect(console.warn).toHaveBeenCalledTimes(2);
  });
});
