import { describe, expect, test } from "vitest";
import {
  AddRenderObservation,
  AddWhiteNoise,
  type AutoresetMode,
  cappedCubicVideoSchedule,
  Dict,
  defineEnv,
  discrete,
  type Env,
  FilterObservation,
  NormalizeObservation,
  NormalizeReward,
  ObstructView,
  proceed,
  RecordVideo,
  RenderCollection,
  ResizeObservation,
  type RgbFrame,
  RunningArrayStatistics,
  RunningStatistics,
  type Space,
  SyncVectorEnv,
  TransformObservation,
  terminate,
  tuple,
  type VectorEnv,
  VectorRecordVideo,
  type VectorRecordVideoOptions,
  type Video,
} from "../src/index.js";
import { flashRules } from "./flash.js";
import { problemOf } from "./problem.js";
import { walk } from "./walk.js";

/** Ends after 4 steps; the picture of 3 x 2 pixels tells how many there were. It is the same memory each time. */
const shared = new Uint8Array(3 * 2 * 3);
const film = defineEnv({
  id: "Film-v0",
  observationSpace: discrete(100),
  actionSpace: discrete(2),
  init: (rng) => ({ steps: 0, start: rng.integers(0, 10) }),
  step(state) {
    return ++state.steps === 4 ? terminate(1) : proceed(0);
  },
  observe(state, out, offset) {
    out[offset] = state.start + state.steps;
  },
  renderAnsi: (state) => `step ${state.steps}`,
  renderRgb(state) {
    shared.fill(state.steps + 1);
    return { width: 3, height: 2, data: shared };
  },
});

const makeFilm = (renderMode: "ansi" | "rgb_array" | null = "rgb_array") =>
  film.make({}, { renderMode }) as Env<number, number>;

/** Plays episodes of 4 steps each. */
function play(env: Env<unknown, number>, episodes: number): void {
  for (let episode = 0; episode < episodes; episode++) {
    env.reset({ seed: episode });
    for (let step = 0; step < 4; step++) env.step(0);
  }
}

describe("RecordVideo", () => {
  const shown = (videos: Video[]) =>
    videos.map(({ name, frames }) => `${name}: ${frames.map(({ data }) => data[0]! - 1).join(" ")}`);

  test("records the episodes that the trigger names, from the reset to the end", () => {
    const videos: Video[] = [];
    const write = (video: Video) => void videos.push(video);
    const env = new RecordVideo(makeFilm(), {
      write,
      episodeTrigger: (episode) => episode % 2 === 1,
      fps: 15,
    });
    play(env, 4);
    expect(env.isRecording).toBe(true);
    env.close();
    expect(shown(videos)).toEqual(["rl-video-episode-1: 0 1 2 3 4", "rl-video-episode-3: 0 1 2 3 4"]);
    expect(videos[0]).toMatchObject({ fps: 15 });
    expect(videos[0]!.frames[0]).toMatchObject({ width: 3, height: 2 });
  });

  test("records from chosen steps on, over resets, one frame more than videoLength", () => {
    const videos: Video[] = [];
    const env = new RecordVideo(makeFilm(), {
      write: (video) => void videos.push(video),
      stepTrigger: (step) => step === 2 || step === 9,
      videoLength: 3,
      namePrefix: "walk",
    });
    play(env, 3);
    env.close();
    // As in Gymnasium, the first picture is the one after the step.
    expect(shown(videos)).toEqual(["walk-step-2: 3 4 0 1", "walk-step-9: 2 3 4"]);
  });

  test("records episodes 0, 1, 8, 27, ... unless told otherwise", () => {
    const names: string[] = [];
    const env = new RecordVideo(makeFilm(), { write: ({ name }) => void names.push(name) });
    play(env, 10);
    env.close();
    expect(names).toEqual(["rl-video-episode-0", "rl-video-episode-1", "rl-video-episode-8"]);
    const chosen = Array.from({ length: 3001 }, (_, i) => i).filter(cappedCubicVideoSchedule);
    expect(chosen).toEqual([0, 1, 8, 27, 64, 125, 216, 343, 512, 729, 1000, 2000, 3000]);
  });

  test("a snapshot keeps the counters; restoring completes the video", () => {
    const names: string[] = [];
    const options = {
      write: ({ name, frames }: Video) => void names.push(`${name} ${frames.length}`),
      episodeTrigger: (episode: number) => episode === 2,
    };
    const env = new RecordVideo(makeFilm(), options);
    play(env, 2);
    const taken = structuredClone(env.snapshot());
    env.reset();
    env.step(0);
    env.restore(taken);
    expect(names).toEqual(["rl-video-episode-2 2"]);
    const other = new RecordVideo(makeFilm(), options);
    other.restore(taken);
    play(other, 1);
    other.close();
    expect(names).toEqual(["rl-video-episode-2 2", "rl-video-episode-2 5"]);
  });

  test("refuses what renders no pictures, and lengths that make no sense", () => {
    const write = () => {};
    expect(problemOf(() => new RecordVideo(makeFilm("ansi"), { write })).message).toContain(
      'renderMode is "ansi", expected "rgb_array"',
    );
    expect(problemOf(() => new RecordVideo(makeFilm(), { write, videoLength: -1 })).code).toBe(
      "invalid-options",
    );
    expect(problemOf(() => new RecordVideo(makeFilm(), { write, fps: 0 })).message).toContain("fps 0");
  });
});

describe("VectorRecordVideo", () => {
  const native = (autoresetMode: AutoresetMode, numEnvs = 4) =>
    film.makeVec(numEnvs, {}, { autoresetMode }) as VectorEnv;
  const sync = (autoresetMode: AutoresetMode, numEnvs = 4) =>
    new SyncVectorEnv(new Array(numEnvs).fill(makeFilm), { autoresetMode }) as VectorEnv;
  const shades = ({ name, frames }: Video) => `${name}: ${frames.map(({ data }) => data[0]! - 1).join(" ")}`;

  /** 11 steps of episodes of 4. */
  function videosOf(envs: VectorEnv, options: Partial<VectorRecordVideoOptions>): Video[] {
    const videos: Video[] = [];
    const recorded = new VectorRecordVideo(envs, { write: (video) => void videos.push(video), ...options });
    recorded.reset({ seed: 1 });
    for (let t = 0; t < 11; t++) {
      const { terminations } = recorded.step([0, 0, 0, 0]);
      if (envs.autoresetMode === "disabled" && terminations[0] === 1)
        recorded.reset({ mask: [...terminations].map(Boolean) });
    }
    recorded.close();
    return videos;
  }

  test.each([native, sync])("records episodes of the first sub-environment, in every mode", (make) => {
    const options = { episodeTrigger: () => true };
    expect(videosOf(make("next-step"), options).map(shades)).toEqual([
      "rl-video-episode-0: 0 1 2 3 4",
      "rl-video-episode-1: 0 1 2 3 4",
      "rl-video-episode-2: 0 1",
    ]);
    expect(videosOf(make("same-step"), options).map(shades)).toEqual([
      "rl-video-episode-0: 0 1 2 3",
      "rl-video-episode-1: 0 1 2 3",
      "rl-video-episode-2: 0 1 2 3",
    ]);
    expect(videosOf(make("disabled"), options).map(shades)).toEqual([
      "rl-video-episode-0: 0 1 2 3 4",
      "rl-video-episode-1: 0 1 2 3 4",
      "rl-video-episode-2: 0 1 2 3",
    ]);
    expect(
      videosOf(make("next-step"), { stepTrigger: (step) => step === 1, videoLength: 2 }).map(shades),
    ).toEqual(["rl-video-step-1: 2 3 4"]);
  });

  test("shows all beside each other, near the aspect ratio, or the first one only", () => {
    const sizes = (options: Partial<VectorRecordVideoOptions>) => {
      const [video] = videosOf(native("next-step"), options);
      const { width, height, data } = video!.frames[0]!;
      expect(data).toHaveLength(width * height * 3);
      return [width, height];
    };
    expect(sizes({})).toEqual([6, 4]);
    expect(sizes({ aspectRatio: [6, 1] })).toEqual([12, 2]);
    expect(sizes({ recordFirstOnly: true })).toEqual([3, 2]);
    const pixel = (value: number) => ({ width: 1, height: 1, data: new Uint8Array(3).fill(value) });
    const pictures = () => [pixel(1), pixel(2), pixel(3), pixel(4)];
    const [video] = videosOf(native("next-step"), { pictures });
    expect([...video!.frames[0]!.data].filter((_, i) => i % 3 === 0)).toEqual([1, 2, 3, 4]);
    expect(video!.frames[0]).toMatchObject({ width: 2, height: 2 });
  });

  test("a snapshot keeps the counters", () => {
    const names: string[] = [];
    const options = {
      write: ({ name }: Video) => void names.push(name),
      episodeTrigger: (episode: number) => episode === 1,
    };
    const envs = new VectorRecordVideo(native("next-step"), options);
    envs.reset({ seed: 1 });
    for (let t = 0; t < 4; t++) envs.step([0, 0, 0, 0]);
    const other = new VectorRecordVideo(native("next-step"), options);
    other.restore(structuredClone(envs.snapshot()));
    other.step([0, 0, 0, 0]);
    expect(other.isRecording).toBe(true);
    other.stopRecording();
    expect(names).toEqual(["rl-video-episode-1"]);
  });

  test("refuses what draws no pictures", () => {
    const write = () => {};
    expect(problemOf(() => new VectorRecordVideo(walk.makeVec(2), { write })).message).toContain(
      "draws no pictures",
    );
    const mute = new SyncVectorEnv([() => makeFilm(null) as Env]);
    expect(problemOf(() => new VectorRecordVideo(mute, { write })).message).toContain("renderMode is null");
    expect(
      problemOf(() => new VectorRecordVideo(native("disabled"), { write, aspectRatio: [0, 1] })).code,
    ).toBe("invalid-options");
  });
});

test("RenderCollection keeps what was rendered", () => {
  const env = new RenderCollection(makeFilm("ansi"));
  play(env, 2);
  expect(env.takeFrames()).toEqual(["step 0", "step 1", "step 2", "step 3", "step 4"]);
  expect(env.takeFrames()).toEqual([]);
  const all = new RenderCollection(makeFilm(), { popFrames: false, resetClean: false });
  play(all, 2);
  const firsts = (all.takeFrames() as RgbFrame[]).map(({ data }) => data[0]);
  expect(firsts).toEqual([1, 2, 3, 4, 5, 1, 2, 3, 4, 5]);
  expect(all.takeFrames()).toHaveLength(10);
  expect(problemOf(() => new RenderCollection(makeFilm(null))).message).toContain("renderMode is null");
});

describe("AddRenderObservation", () => {
  test("shows the picture only", () => {
    const env = new AddRenderObservation(makeFilm());
    expect(env.observationSpace.describe()).toMatchObject({ type: "Box", shape: [2, 3, 3], dtype: "uint8" });
    const { observation: first } = env.reset({ seed: 1 });
    expect(env.observationSpace.contains(first)).toBe(true);
    const { observation: second } = env.step(0);
    expect([first, second]).toEqual([new Uint8Array(18).fill(1), new Uint8Array(18).fill(2)]);
  });

  test("shows the picture beside the observation, or as a member more", () => {
    const env = new AddRenderObservation(makeFilm(), { renderOnly: false });
    expect((env.observationSpace as unknown as Dict).keys).toEqual(["pixels", "state"]);
    const { observation } = env.reset({ seed: 1 });
    expect(env.observationSpace.contains(observation)).toBe(true);
    expect(observation).toEqual({
      state: makeFilm().reset({ seed: 1 }).observation,
      pixels: new Uint8Array(18).fill(1),
    });
    const more = new AddRenderObservation(env as Env<unknown, number>, {
      renderOnly: false,
      renderKey: "more",
    });
    expect((more.observationSpace as unknown as Dict).keys).toEqual(["more", "pixels", "state"]);
    expect(more.observationSpace.contains(more.reset().observation)).toBe(true);
    const taken = problemOf(
      () => new AddRenderObservation(env as Env<unknown, number>, { renderOnly: false }),
    );
    expect(taken.message).toContain('renderKey is "pixels"');
  });
});

test("noise refuses shares and widths that make no sense", () => {
  expect(problemOf(() => new AddWhiteNoise(makeFilm(), 1)).message).toContain(
    "is 1, expected a number from 0",
  );
  expect(problemOf(() => new ObstructView(makeFilm(), -0.1, 3)).message).toContain(
    "obstructedPixelsRatio is -0.1",
  );
  expect(problemOf(() => new ObstructView(makeFilm(), 0.1, 0)).message).toContain("obstructionWidth is 0");
  expect(problemOf(() => new AddWhiteNoise(makeFilm("ansi"), 0.5)).code).toBe("invalid-options");
  const clean = new AddWhiteNoise(makeFilm(), 0);
  clean.reset({ seed: 1 });
  expect(clean.render()!.data).toEqual(new Uint8Array(18).fill(1));
});

describe("FilterObservation", () => {
  const members = { a: discrete(100), b: discrete(3), c: discrete(200) };
  const dict = (sortKeys = true) =>
    new TransformObservation(
      makeFilm(),
      (steps: number) => ({ a: steps, b: 1, c: steps + 100 }),
      new Dict(sortKeys ? members : Object.entries(members), { sortKeys }) as Space<unknown>,
    ) as Env<unknown, number>;

  test("shows chosen members of a Dict", () => {
    const env = new FilterObservation(dict(), ["c", "a"]);
    expect((env.observationSpace as unknown as Dict).keys).toEqual(["a", "c"]);
    const unsorted = new FilterObservation(dict(false), ["c", "a"]).observationSpace as unknown as Dict;
    expect(unsorted.keys).toEqual(["c", "a"]);
    const { observation: first } = env.reset({ seed: 3 });
    const start = makeFilm().reset({ seed: 3 }).observation;
    expect(first).toEqual({ a: start, c: start + 100 });
    const { observation: second } = env.step(0);
    expect([first, second]).toEqual([
      { a: start, c: start + 100 },
      { a: start + 1, c: start + 101 },
    ]);
    expect(env.observationSpace.contains(second)).toBe(true);
  });

  test("shows chosen members of a Tuple", () => {
    const inner = new TransformObservation(
      makeFilm(),
      (steps: number) => [steps, 1, 2],
      tuple([discrete(100), discrete(2), discrete(3)]) as Space<unknown>,
    ) as Env<unknown, number>;
    const env = new FilterObservation(inner, [2, 0]);
    const { observation } = env.reset({ seed: 3 });
    expect(observation).toEqual([2, makeFilm().reset({ seed: 3 }).observation]);
    expect(env.observationSpace.contains(observation)).toBe(true);
    expect(env.observationSpace.describe()).toMatchObject({ spaces: [{ n: 3 }, { n: 100 }] });
    expect(problemOf(() => new FilterObservation(inner, [3])).message).toContain("keys are [3]");
  });

  test("refuses keys that are not there, come twice or are none", () => {
    for (const keys of [["d"], ["a", "a"], [], [0]]) {
      expect(problemOf(() => new FilterObservation(dict(), keys)).code).toBe("invalid-options");
    }
    expect(
      problemOf(() => new FilterObservation(makeFilm() as Env<unknown, number>, ["a"])).message,
    ).toContain("Discrete(100)");
  });
});

describe("ResizeObservation", () => {
  const pictures = defineEnv(flashRules());

  test("shows the areas that new pixels cover, channel by channel", () => {
    const env = new ResizeObservation(pictures.make(), [5, 4]);
    expect(env.observationSpace.describe()).toMatchObject({ shape: [5, 4, 3], dtype: "uint8" });
    const inner = pictures.make().reset({ seed: 1 }).observation;
    const { observation } = env.reset({ seed: 1 });
    expect(env.observationSpace.contains(observation)).toBe(true);
    for (const [row, column, channel] of [
      [0, 0, 0],
      [4, 3, 2],
      [2, 1, 1],
    ] as const) {
      const at = (y: number, x: number) => inner[(y * 8 + x) * 3 + channel]!;
      const sum = at(2 * row, 2 * column) + at(2 * row, 2 * column + 1);
      const below = at(2 * row + 1, 2 * column) + at(2 * row + 1, 2 * column + 1);
      expect(observation[(row * 4 + column) * 3 + channel]).toBe((sum + below + 2) >> 2);
    }
  });

  test("refuses what is no picture and no shape", () => {
    expect(problemOf(() => new ResizeObservation(walk.make() as never, [4, 4])).message).toContain(
      "Discrete(9)",
    );
    expect(problemOf(() => new ResizeObservation(pictures.make(), [4, 0])).message).toContain("[4,0]");
  });
});

describe("statistics are kept as JSON", () => {
  const copy = (statistics: object): unknown => JSON.parse(JSON.stringify(statistics));

  test("those of observations and rewards", () => {
    const trained = new NormalizeReward(new NormalizeObservation(walk.make() as Env), { gamma: 0.9 });
    const observations = trained.env as NormalizeObservation<unknown>;
    trained.reset({ seed: 1 });
    for (let t = 0; t < 30; t++) {
      const { terminated, truncated } = trained.step(t % 3 === 0 ? 0 : 1);
      if (terminated || truncated) trained.reset();
    }
    const fresh = new NormalizeReward(new NormalizeObservation(walk.make() as Env), { gamma: 0.9 });
    const freshObservations = fresh.env as NormalizeObservation<unknown>;
    freshObservations.statistics.load(copy(observations.statistics));
    fresh.statistics.load(copy(trained.statistics));
    expect(freshObservations.statistics).toEqual(observations.statistics);
    expect(fresh.statistics).toEqual(trained.statistics);
    for (const one of [freshObservations, observations]) one.updateStatistics = false;
    expect(fresh.reset({ seed: 4 }).observation).toEqual(trained.reset({ seed: 4 }).observation);
  });

  test("of integers are counted in float64, batches and parts of them: NumPy's figures", () => {
    const whole = new RunningArrayStatistics(1, "float64");
    whole.updateRows(Int32Array.of(36, 24, 7), null);
    expect([...whole.mean, ...whole.variance]).toEqual([22.332588913702875, 141.56749534412424]);
    whole.updateRows(Int32Array.of(5, 9, 1000003), null);
    expect([...whole.mean, ...whole.variance, whole.count]).toEqual([
      166677.88870185497, 138883370675.7378, 6.0001,
    ]);
    const part = new RunningArrayStatistics(1, "float64");
    part.updateRows(Int32Array.of(36, 24, 7), Uint8Array.of(1, 0, 1));
    expect([...part.mean, ...part.variance]).toEqual([21.49892505374731, 210.26264821202213]);
  });

  test("and refused where they do not fit", () => {
    const two = new RunningArrayStatistics(2);
    for (const wrong of [
      null,
      {},
      { mean: [1], variance: [1], count: 1 },
      { mean: 1, variance: 1, count: 1 },
    ]) {
      expect(problemOf(() => two.load(wrong)).code).toBe("invalid-snapshot");
    }
    const one = new RunningStatistics();
    expect(problemOf(() => one.load({ mean: [1], variance: [1], count: 1 })).message).toContain(
      "of a number",
    );
    expect(problemOf(() => one.load({ mean: 1, variance: 1, count: 0 })).code).toBe("invalid-snapshot");
  });
});
