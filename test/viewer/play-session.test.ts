import { defaultRng, make } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import "../../src/envs/index.js";
import { fromBytes, toBytes } from "../../src/viewer/codec.js";
import type { Mind } from "../../src/viewer/mind.js";
import { PlaySession } from "../../src/viewer/play-session.js";
import type { Command, Stage } from "../../src/viewer/protocol.js";

/** Acts by what it sees and, where it remembers, by how much it has seen. */
function mindOf(observations: unknown[], { remembers = false, checkpoint = 7 } = {}): Mind {
  let seen = 0;
  return {
    name: `mind ${checkpoint}`,
    checkpoint,
    remembers,
    choose: (observation) => {
      observations.push(observation);
      seen++;
      const bits = Array.from(observation as Uint8Array).reduce((sum, bit, i) => sum + bit * i, 0);
      const action = (bits + (remembers ? seen : 0)) % 3;
      return {
        action,
        thought: { kind: "values", scores: Float32Array.of(0, action, 2) },
      };
    },
    inside: () => ({
      net: null,
      // Of the last choice: how many it has seen.
      table: { start: 0, values: Float32Array.of(seen), actions: Int32Array.of(0) },
    }),
    restart: () => {
      seen = 0;
    },
    dispose: () => {},
  };
}

function sessionOf(options: { remembers?: boolean; seed?: number } = {}) {
  const stage: Stage = {
    ...{ env: "MinAtar/Freeway-v1", envOptions: {}, actionNames: ["noop", "up", "down"], actionStart: 0 },
    human: { names: ["noop", "up", "down"], idle: 0 },
    ...{ hasState: true, hasSnapshots: true, maxEpisodeSteps: 200, arena: null },
  };
  const seen: unknown[] = [];
  const opened: number[] = [];
  const session = new PlaySession({
    openEnv: () => make("MinAtar/Freeway-v1", { maxEpisodeSteps: 200 }),
    ...{ stage, mind: mindOf(seen, options), seed: options.seed ?? 5 },
    openMind: async (checkpoint) => {
      opened.push(checkpoint);
      return mindOf(seen, { ...options, checkpoint });
    },
  });
  const does = async (...commands: Command[]) => {
    for (const command of commands) await session.handle(command);
  };
  return { session, seen, opened, does };
}

/** What is on the screen now, as a page gets it. */
function shown(session: PlaySession) {
  const { since: _, ...frame } = fromBytes(toBytes(session.frame(0))) as ReturnType<PlaySession["frame"]>;
  return frame;
}

function play(session: PlaySession, steps: number): unknown[] {
  return Array.from({ length: steps }, () => {
    session.advance();
    return shown(session);
  });
}

describe("a play", () => {
  test("is that of its seed and its policy", () => {
    expect(play(sessionOf().session, 30)).toEqual(play(sessionOf().session, 30));
    expect(play(sessionOf({ seed: 6 }).session, 30)).not.toEqual(play(sessionOf().session, 30));
  });

  test.each([false, true])(
    "goes back to any step, and from there through the same again (memory: %s)",
    async (remembers) => {
      const { session, does } = sessionOf({ remembers });
      const first = [shown(session), ...play(session, 90)];
      for (const step of [0, 1, 63, 64, 65, 89, 3]) {
        await does({ type: "seek", step });
        expect({ ...shown(session), length: 0 }).toEqual({ ...(first[step] as object), length: 0 });
      }
      session.advance();
      expect({ ...shown(session), length: 0 }).toEqual({ ...(first[4] as object), length: 0 });
      // Past what was played it goes on as if it had never gone back.
      const { session: straight } = sessionOf({ remembers });
      play(straight, 95);
      await does({ type: "seek", step: 90 });
      play(session, 5);
      expect(shown(session)).toEqual(shown(straight));
    },
  );

  test("tells rewards and values from a step on", () => {
    const { session } = sessionOf();
    play(session, 40);
    const { since, length } = session.frame(10);
    expect(length).toBe(40);
    expect(since.rewards).toHaveLength(30);
    expect(since.values).toHaveLength(31);
    expect([...since.values].every((value) => value === 2)).toBe(true);
  });

  test("ends, and begins again with the next seed", async () => {
    const { session, does } = sessionOf();
    while (session.advance());
    const end = shown(session);
    expect(end.ended).not.toBeNull();
    expect(end.action).toBeNull();
    expect(session.advance()).toBe(false);
    await does({ type: "restart", seed: null });
    expect(session.status().branches.map(({ seed }) => seed)).toEqual([5, 6]);
    expect(shown(session)).toMatchObject({ step: 0, return: 0, ended: null });
    await does({ type: "branch", branch: 0 });
    expect(session.status().branch).toBe(0);
    expect(shown(session).step).toBe(0);
  });
});

describe("taking over", () => {
  test("from a step of the past makes a branch, and leaves what was played as it was", async () => {
    const { session, does } = sessionOf();
    const first = [shown(session), ...play(session, 50)];
    await does({ type: "seek", step: 20 }, { type: "fork", controller: "human" });
    expect(session.status()).toMatchObject({ controller: "human", playing: false, branch: 1 });
    expect({ ...shown(session), branch: 0, length: 20, action: 0 }).toEqual({
      ...(first[20] as object),
      action: 0,
    });
    await does({ type: "act", action: 1 }, { type: "act", action: 2 });
    expect(shown(session)).toMatchObject({ step: 22, length: 22 });
    const [, mine] = session.status().branches;
    expect(mine).toMatchObject({ parent: { branch: 0, step: 20 }, length: 22, player: "you" });
    await does({ type: "branch", branch: 0 }, { type: "seek", step: 50 });
    expect(shown(session)).toEqual(first[50]);
  });

  test("at the newest step, too, what was played stays whose it was; where nothing was, nothing is kept", async () => {
    const { session, does } = sessionOf();
    const fork = (controller: "human" | "policy"): Command => ({ type: "fork", controller });
    await does(fork("human"), fork("policy"), fork("human"), fork("policy"));
    expect(session.status().branches).toHaveLength(1);
    play(session, 10);
    await does(fork("human"), fork("policy"), fork("human"), { type: "act", action: 0 });
    expect(session.status().branches).toMatchObject([
      { length: 10, player: "mind 7" },
      { length: 11, player: "you", parent: { branch: 0, step: 10 } },
    ]);
    await does(fork("policy"));
    session.advance();
    expect(shown(session)).toMatchObject({ step: 12, branch: 2 });
    expect(session.status().branches.map(({ length }) => length)).toEqual([10, 11, 12]);
  });

  test("while it plays on, the last key counts at every step", async () => {
    const { session, does } = sessionOf();
    await does({ type: "fork", controller: "human" }, { type: "play" }, { type: "act", action: 2 });
    expect(shown(session).step).toBe(0);
    session.advance();
    session.advance();
    await does({ type: "seek", step: 1 });
    expect(shown(session).action).toBe(2);
  });

  test("by another checkpoint, from here or from the start", async () => {
    const { session, does, opened } = sessionOf();
    play(session, 10);
    await does({ type: "seek", step: 4 }, { type: "fork", controller: "policy", checkpoint: 9 });
    expect(session.status()).toMatchObject({ checkpoint: 9, player: "mind 9", branch: 1 });
    await does({ type: "checkpoint", step: 11 });
    expect(session.status()).toMatchObject({ checkpoint: 11, playing: true, branch: 2 });
    expect(shown(session)).toMatchObject({ step: 0 });
    expect(opened).toEqual([9, 11]);
  });

  test("a memory sees the episode again where somebody else plays on", async () => {
    const { session, does, seen } = sessionOf({ remembers: true });
    play(session, 10);
    const before = seen.length;
    await does({ type: "seek", step: 6 }, { type: "fork", controller: "policy", checkpoint: 9 });
    // The six observations before, and the one that is acted on.
    expect(seen.length - before).toBe(7);
  });

  test.each([false, true])(
    "shows what goes on in the policy, where somebody looks (memory: %s)",
    async (remembers) => {
      const { session, does, seen } = sessionOf({ remembers });
      play(session, 10);
      expect(session.frame(0).inside).toBeNull();
      await does({ type: "inside", on: true });
      // The mind has just seen this very step.
      const thinking = seen.length;
      const { inside } = session.frame(0);
      expect(seen.length).toBe(thinking);
      expect(inside!.table!.values[0]).toBe(11);
      await does({ type: "seek", step: 4 });
      const earlier = session.frame(0).inside!;
      expect(earlier.table!.values[0]).toBe(remembers ? 5 : 12);
      expect(shown(session).step).toBe(4);
      // Looking changes nothing of the play.
      const { session: other } = sessionOf({ remembers });
      play(other, 30);
      play(session, 26);
      expect({ ...shown(session), inside: null }).toEqual(shown(other));
      await does({ type: "inside", on: false });
      expect(session.frame(0).inside).toBeNull();
    },
  );

  test("shows another branch beside, at the same step", async () => {
    const { session, does } = sessionOf();
    const straight = play(session, 40);
    await does({ type: "seek", step: 20 }, { type: "fork", controller: "human" });
    for (let i = 0; i < 5; i++) await does({ type: "act", action: 1 });
    expect(shown(session).beside).toBeNull();
    await does({ type: "compare", branch: 0 });
    const { beside } = shown(session);
    const { state, return: score } = straight[24] as { state: unknown; return: number };
    expect(beside).toMatchObject({ branch: 0, step: 25, length: 40, state, return: score });
    await does({ type: "seek", step: 3 });
    expect(shown(session).beside).toMatchObject({ step: 3, state: shown(session).state });
    expect(session.status().beside).toBe(0);
    await does({ type: "branch", branch: 0 }, { type: "seek", step: 39 }, { type: "compare", branch: 1 });
    // The shorter one waits at its end.
    expect(shown(session).beside).toMatchObject({ branch: 1, step: 25 });
    await does({ type: "compare", branch: null });
    expect(shown(session).beside).toBeNull();
  });

  test("records a branch from its start, and stays where it is", async () => {
    const { session, does } = sessionOf();
    const all = [shown(session), ...play(session, 30)] as {
      state: unknown;
      return: number;
      action: number;
    }[];
    await does({ type: "seek", step: 7 });
    const before = shown(session);
    const reply = await session.handle({ type: "record" });
    if (reply?.type !== "recording") throw new Error("no recording");
    const { episode, frames } = fromBytes(toBytes(reply)) as typeof reply;
    expect(shown(session)).toEqual(before);
    expect(frames.map(({ state }) => state)).toEqual(all.map(({ state }) => state));
    expect(frames.map((frame) => frame.return)).toEqual(all.map((frame) => frame.return));
    expect(episode).toMatchObject({ env: "MinAtar/Freeway-v1", seed: 5, ended: null, checkpoint: 7 });
    expect(episode.actions).toEqual(all.slice(0, 30).map(({ action }) => action));
    expect(frames.flatMap(({ since }) => [...since.rewards])).toEqual(episode.rewards);
    expect(episode.thoughts).toHaveLength(31);
  });

  test("what cannot be done is one sentence, and changes nothing", async () => {
    const { session, does } = sessionOf();
    play(session, 3);
    const before = shown(session);
    await expect(does({ type: "act", action: 0 })).rejects.toThrow(/policy acts: take over/);
    await expect(does({ type: "branch", branch: 9 })).rejects.toThrow(/no branch 9/);
    await does({ type: "fork", controller: "human" });
    await expect(does({ type: "act", action: 3 })).rejects.toThrow(/no action 3/);
    expect({ ...shown(session), branch: 0 }).toEqual(before);
    while (session.advance());
    await expect(does({ type: "fork", controller: "human" })).rejects.toThrow(/episode is over/);
  });
});

test("messages come back as they went, typed arrays and all", () => {
  const rng = defaultRng(1);
  const message = {
    bytes: Uint8Array.of(1, 2),
    floats: Float32Array.from({ length: 5 }, () => rng.random()),
    doubles: Float64Array.of(Math.PI, -0, Number.NaN),
    whole: Int32Array.of(-1, 2 ** 31 - 1),
    wide: BigInt64Array.of(-(2n ** 60n)),
    nested: [{ a: null, b: true, c: "text", d: 1.5, e: -7, f: 2 ** 40 }],
  };
  expect(fromBytes(toBytes(message))).toEqual(message);
});
