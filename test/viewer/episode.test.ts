import { box, defaultRng, type Env, type EnvRules, make, proceed, RulesEnv, terminate } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import "../../src/envs/index.js";
import { type Episode, EpisodeError, episodeText } from "../../src/viewer/episode.js";
import type { Mind } from "../../src/viewer/mind.js";
import { parseEpisode } from "../../src/viewer/parse-episode.js";
import { PlaySession } from "../../src/viewer/play-session.js";
import type { Recording, Stage } from "../../src/viewer/protocol.js";
import { reopenedBranch } from "../../src/viewer/reopened.js";

/** Acts by the parity of how much it has seen in this episode. */
function parity(name = "parity"): Mind & { readonly seen: number } {
  let seen = 0;
  return {
    ...{ name, checkpoint: 400, remembers: true },
    get seen() {
      return seen;
    },
    choose: () => {
      seen++;
      return { action: seen % 2, thought: { kind: "values", scores: Float32Array.of(seen, 0.1) } };
    },
    inside: () => ({ net: null, table: null }),
    restart: () => {
      seen = 0;
    },
    dispose: () => {},
  };
}

const cartPole: Stage = {
  ...{ env: "CartPole-v1", envOptions: {}, actionNames: [], actionStart: 0, human: null },
  ...{ hasState: true, hasSnapshots: true, maxEpisodeSteps: 500, arena: null },
};
const openCartPole = (): Env => make("CartPole-v1");
const run = { openEnv: openCartPole, stage: cartPole };

/** An episode of CartPole as a page gets it: of so many steps, or whole. */
async function played(steps = Number.POSITIVE_INFINITY): Promise<Episode> {
  const session = new PlaySession({ ...run, mind: parity(), seed: 7, run: "runs/x", openMind: null });
  for (let step = 0; step < steps && session.advance(); step++);
  return recorded(session);
}

async function recorded(session: PlaySession): Promise<Episode> {
  return ((await session.handle({ type: "record" })) as Recording).episode;
}

function reopened(episode: Episode, mind: Mind = parity()): PlaySession {
  const branch = reopenedBranch(episode, { ...run, mind });
  const { seed } = episode;
  return new PlaySession({ ...run, mind, seed, openMind: null, reopened: { episode, branch } });
}

describe("an episode as text", () => {
  test.each([Number.POSITIVE_INFINITY, 5, 0])("comes back as it went (%d steps)", async (steps) => {
    const episode = await played(steps);
    expect(episode.thoughts).toHaveLength(episode.actions.length + (episode.ended === null ? 1 : 0));
    expect(parseEpisode(episodeText(episode))).toEqual(episode);
  });

  test("keeps numbers that JSON lacks, and all bits of those it has", async () => {
    const rng = defaultRng(1);
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 5e-324, rng.random()];
    const episode: Episode = {
      ...(await played()),
      actions: odd.map((value) => [value, rng.normal()]),
      rewards: odd,
      thoughts: odd.map((value) => ({ kind: "probabilities", scores: [value, Math.fround(rng.random())] })),
      envOptions: { nested: { list: [1, "two", null] } },
    };
    const back = parseEpisode(episodeText(episode));
    expect(back).toStrictEqual(episode);
    expect(Object.is(back.rewards[3], -0)).toBe(true);
  });
});

/** What is changed in the text of an episode, and the sentence. */
const faults: Record<string, [change: (text: string) => string, sentence: RegExp]> = {
  "no JSON": [(text) => text.slice(0, 100), /it is not JSON \(/],
  "another JSON": [() => "[1, 2]", /it has no format, expected "ludus-episode"/],
  "another format": [(text) => text.replace("ludus-episode", "mp4"), /its format is "mp4", expected/],
  "a seed out of range": [
    (text) => text.replace('"seed": 7', `"seed": ${2 ** 32}`),
    /'seed' cannot be 4294967296: expected a whole number from 0 to 4,294,967,295/,
  ],
  "a field that is missing": [(text) => text.replace(/ *"player".*\n/, ""), /it has no 'player'/],
  "a field that is not known": [
    (text) => text.replace('"env"', '"score": 3, "env"'),
    /it has a field 'score', which no episode has/,
  ],
  "a word for a number": [
    (text) => text.replace('"rewards": [1,', '"rewards": ["one",'),
    /'rewards\[0\]' cannot be "one": expected a number, or one of "NaN"/,
  ],
  "an end that there is not": [
    (text) => text.replace('"terminated"', '"won"'),
    /'ended' cannot be "won": expected "terminated", "truncated" or null/,
  ],
  "a reward too few": [
    (text) => text.replace('"rewards": [1,', '"rewards": ['),
    /it has (\d+) actions and \d+ rewards, expected one per step/,
  ],
  "a thought too many": [
    (text) => text.replace('"thoughts": [', '"thoughts": [null,'),
    /it has \d+ actions and \d+ thoughts, expected one per step\.$/,
  ],
  "a thought too few, of an episode that goes on": [
    (text) => text.replace('"terminated"', "null"),
    /thoughts, expected one per step, and one of the state where it stands/,
  ],
  "thoughts of other actions": [
    (text) => text.replace('"scores":[1,', '"scores":[1,1,'),
    /its thoughts have 3 scores and 2 scores, expected one per action/,
  ],
};

describe("what is no episode is refused in one sentence", () => {
  test.each(Object.entries(faults))("%s", async (_, [change, sentence]) => {
    const text = episodeText(await played());
    const changed = change(text);
    expect(changed).not.toBe(text);
    const refusal = refusalOf(() => parseEpisode(changed, "my.json"));
    expect(refusal.message).toMatch(sentence);
    expect(refusal.message).toMatch(/^my\.json is no episode that can be opened: .*\.$/);
    expect(refusal.code).toBe("invalid-episode");
  });

  test("a version that is not known yet", async () => {
    const text = episodeText(await played()).replace('"version": 1', '"version": 2');
    const refusal = refusalOf(() => parseEpisode(text));
    expect(refusal.code).toBe("newer-episode");
    expect(refusal.message).toMatch(/^The file has version 2 .* reads version 1: update Ludus/);
  });
});

function refusalOf(work: () => unknown): EpisodeError {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(EpisodeError);
    return error as EpisodeError;
  }
  throw new Error("It was not refused.");
}

describe("an episode that is opened again", () => {
  test.each([Number.POSITIVE_INFINITY, 5, 0])("is the one that was saved (%d steps)", async (steps) => {
    const episode = await played(steps);
    // Whoever plays on, it is still by whom it was.
    const session = reopened(episode, parity("somebody else"));
    expect(session.frame(0)).toMatchObject({ step: 0, length: episode.actions.length });
    expect(session.status().branches).toMatchObject([{ player: "parity", length: episode.actions.length }]);
    expect(await recorded(session)).toEqual(episode);
  });

  test("shows the values of the file, and goes to any step", async () => {
    const episode = await played();
    const stored = episode.thoughts.map((_, step) => ({ kind: "values" as const, scores: [step, -1] }));
    const session = reopened({ ...episode, thoughts: stored });
    for (const step of [5, 2, episode.actions.length - 1]) {
      await session.handle({ type: "seek", step });
      const { thought, action } = session.frame(0);
      expect({ step, scores: [...thought!.scores], action }).toEqual({
        ...{ step, scores: [step, -1], action: episode.actions[step] },
      });
    }
    expect([...session.frame(0).since.values]).toEqual(stored.map((_, step) => step));
  });

  test("goes on as it would have gone, under the name of who plays on", async () => {
    const [short, long] = [await played(5), await played(8)];
    const session = reopened(short, parity("somebody else"));
    while (session.frame(0).step < 8) session.advance();
    const after = await recorded(session);
    expect(after.actions).toEqual(long.actions);
    expect(after).toMatchObject({ player: "somebody else", run: null, checkpoint: 400 });
  });

  test("is left by whoever takes over", async () => {
    const episode = await played();
    const session = reopened(episode, parity("somebody else"));
    await session.handle({ type: "seek", step: 3 });
    await session.handle({ type: "fork", controller: "policy" });
    session.advance();
    expect(session.status().branches).toMatchObject([
      { length: episode.actions.length, player: "parity" },
      { length: 4, player: "somebody else", parent: { branch: 0, step: 3 } },
    ]);
  });

  test("a person who played is nobody that the next one knows", async () => {
    const human = { names: ["left", "right"], idle: 0 };
    const session = new PlaySession({
      ...{ openEnv: openCartPole, stage: { ...cartPole, human }, mind: parity(), seed: 7 },
      ...{ openMind: null, controller: "human" },
    });
    await session.handle({ type: "act", action: 1 });
    expect(await recorded(session)).toMatchObject({ player: "a person", actions: [1] });
  });
});

/** What is changed in an episode, and the sentence. */
const otherwise: Record<string, [change: (episode: Episode) => Partial<Episode>, sentence: RegExp]> = {
  "an action outside the space": [
    ({ actions }) => ({ actions: [0, 2, ...actions.slice(2)] }),
    /^x\.json is no episode that can be opened: its action 2 of step 2 is not one of CartPole-v1\.$/,
  ],
  "a list for a numbered action": [
    ({ actions }) => ({ actions: [[0.5], ...actions.slice(1)] }),
    /its action \[0\.5\] of step 1 is not one of/,
  ],
  "another reward": [
    ({ rewards }) => ({ rewards: [1, 1.5, ...rewards.slice(2)] }),
    /^x\.json was played with other rules than these: step 2 gave the reward 1\.5, and gives 1 now\.$/,
  ],
  "another end": [
    () => ({ ended: "truncated" }),
    /after step \d+ the episode was cut by its time limit then, and was over now/,
  ],
  "steps after the end": [
    ({ actions, rewards }) => ({ actions: [...actions, 0], rewards: [...rewards, 1] }),
    /after step \d+ the episode went on then, and was over now/,
  ],
  "another limit": [() => ({ maxEpisodeSteps: null }), /the limit of steps was none, and is 500 now/],
};

test.each(Object.entries(otherwise))(
  "what plays otherwise is refused in one sentence: %s",
  async (_, [change, sentence]) => {
    const episode = await played();
    const refusal = refusalOf(() =>
      reopenedBranch({ ...episode, ...change(episode) }, { ...run, mind: parity(), name: "x.json" }),
    );
    expect(refusal.message).toMatch(sentence);
  },
);

/** Rewards are what is done, multiplied; it ends after three steps. */
const product: EnvRules<{ left: number }, Float32Array, Float32Array> = {
  id: "Product-v0",
  observationSpace: box({ low: 0, high: 3, shape: [1], dtype: "float32" }),
  actionSpace: box({ low: -1, high: 1, shape: [2], dtype: "float32" }),
  init: () => ({ left: 3 }),
  step: (state, action) => {
    state.left--;
    const reward = action[0]! * action[1]!;
    return state.left === 0 ? terminate(reward) : proceed(reward);
  },
  observe: ({ left }, out, offset) => {
    out[offset] = left;
  },
};

test("actions that are numbers of a Box are played again, to the bit", async () => {
  const openEnv = (): Env => new RulesEnv(product);
  const stage: Stage = { ...cartPole, env: "Product-v0", maxEpisodeSteps: null };
  const actions = [Float32Array.of(0.1, 0.7), Float32Array.of(-0, 1), Float32Array.of(1, 3)];
  let at = 0;
  const mind: Mind = {
    ...parity(),
    choose: () => ({ action: actions[at++]!, thought: null }),
    restart: () => {},
  };
  const session = new PlaySession({ openEnv, stage, mind, seed: 0, openMind: null });
  while (session.advance());
  const episode = parseEpisode(episodeText(await recorded(session)));
  expect(episode).toMatchObject({
    rewards: [Math.fround(0.1) * Math.fround(0.7), -0, 3],
    ended: "terminated",
  });
  const branch = reopenedBranch(episode, { openEnv, stage, mind });
  expect(branch.actions).toEqual(actions);
  const refusal = refusalOf(() =>
    reopenedBranch({ ...episode, actions: [[1], [1, 2], [3, 4]] }, { openEnv, stage, mind }),
  );
  expect(refusal.message).toMatch(/its action \[1\] of step 1 is not one of Product-v0/);
});
