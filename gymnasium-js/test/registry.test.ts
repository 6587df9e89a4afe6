import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  claimShortName,
  EnvSpec,
  findSpec,
  make,
  makeVec,
  OrderEnforcing,
  onRegistryWarning,
  PassiveEnvChecker,
  parseEnvId,
  RulesEnv,
  register,
  registry,
  resolveEnvId,
  TimeLimit,
  unregister,
} from "../src/index.js";
import { problemOf } from "./problem.js";
import { cart, WalkClass, walk } from "./walk.js";

beforeEach(() => {
  register(walk, cart);
  register({ id: "Walk-v0", entryPoint: () => new WalkClass(), maxEpisodeSteps: 12 });
  register({ id: "Board/Walker-v3", entryPoint: walk, kwargs: { slip: 0 }, maxEpisodeSteps: 5 });
});

afterEach(() => {
  for (const id of [...registry.keys()]) unregister(id);
});

describe("register", () => {
  it("reads namespace, name and version from the id", () => {
    expect(parseEnvId("Board/Walker-v3")).toEqual({ namespace: "Board", name: "Walker", version: 3 });
    expect(parseEnvId("Walk")).toEqual({ namespace: null, name: "Walk", version: null });
    expect(problemOf(() => parseEnvId("a b/c")).code).toBe("unknown-env");
  });

  it("takes the limits of a definition from its rules", () => {
    expect(findSpec("Walk-v1")).toMatchObject({ maxEpisodeSteps: 12, rewardThreshold: 0.9, version: 1 });
  });

  it("takes the same definition again, but no other one of that id", () => {
    register(walk);
    expect(problemOf(() => register({ id: "Walk-v1", entryPoint: () => new WalkClass() })).code).toBe(
      "duplicate-env",
    );
  });

  it("keeps versioned and unversioned ids of a name apart", () => {
    expect(problemOf(() => register({ id: "Walk", entryPoint: walk })).code).toBe("duplicate-env");
  });
});

describe("findSpec", () => {
  it("takes the newest version where none is given", () => {
    expect(findSpec("Walk").id).toBe("Walk-v1");
    expect(make("Walk").spec?.id).toBe("Walk-v1");
  });

  it("warns of an old version through listeners only", () => {
    const heard: string[] = [];
    const stop = onRegistryWarning((message) => heard.push(message));
    findSpec("Walk-v0");
    findSpec("Walk-v1");
    stop();
    findSpec("Walk-v0");
    expect(heard).toEqual(["Walk-v0 is not the newest version: there is Walk-v1."]);
  });

  it("names the nearest id for an unknown one", () => {
    expect(problemOf(() => findSpec("Wlak-v1"))).toMatchObject({
      code: "unknown-env",
      message: 'There is no environment "Wlak-v1": did you mean "Walk-v1"?',
    });
    expect(problemOf(() => findSpec("Bord/Walker-v3")).message).toContain('"Board/Walker-v3"');
    expect(problemOf(() => findSpec("walker")).message).toContain('did you mean "Board/Walker-v3"');
    expect(problemOf(() => findSpec("Zyxwvut-v9")).message).toContain("there are Walk-v1, Cart-v0");
  });

  it("tells versions that never were from those that are gone", () => {
    expect(problemOf(() => findSpec("Walk-v7"))).toMatchObject({ code: "unknown-env" });
    expect(problemOf(() => findSpec("Walk-v7")).message).toContain('"Walk-v1"');
    expect(problemOf(() => findSpec("Board/Walker-v2"))).toMatchObject({
      code: "deprecated-env",
      message: 'Board/Walker-v2 is no longer there: use "Board/Walker-v3" instead.',
    });
  });
});

describe("resolveEnvId", () => {
  it.each([
    ["walk", "Walk-v1"],
    ["Walk-v0", "Walk-v0"],
    ["walk-v0", "Walk-v0"],
    ["WALKER", "Board/Walker-v3"],
    ["board/walker", "Board/Walker-v3"],
    ["Walker-v3", "Board/Walker-v3"],
  ])("reads %s as %s", (text, id) => {
    expect(resolveEnvId(text)).toBe(id);
  });

  it("refuses what fits two, or none", () => {
    register({ id: "Other/Walker-v0", entryPoint: walk });
    expect(problemOf(() => resolveEnvId("walker"))).toMatchObject({
      code: "unknown-env",
      message: '"walker" is ambiguous: say Board/Walker-v3 or Other/Walker-v0.',
    });
    claimShortName("Walker", "Other/Walker-v0");
    expect(resolveEnvId("walker")).toBe("Other/Walker-v0");
    expect(resolveEnvId("board/walker")).toBe("Board/Walker-v3");
    expect(problemOf(() => resolveEnvId("wakl")).message).toContain("did you mean");
    expect(problemOf(() => resolveEnvId("")).code).toBe("unknown-env");
  });
});

describe("make", () => {
  it("puts order and limit into rules environments instead of wrappers", () => {
    const env = make("Walk-v1", { slip: 0, maxEpisodeSteps: 3 });
    expect(env).toBeInstanceOf(RulesEnv);
    expect(env.spec).toMatchObject({ id: "Walk-v1", kwargs: { slip: 0 }, maxEpisodeSteps: 3 });
    expect(make("Walk-v1", { disableEnvChecker: false })).toBeInstanceOf(PassiveEnvChecker);
    expect(make("Walk-v1", { maxEpisodeSteps: null }).spec?.maxEpisodeSteps).toBeNull();
  });

  it("wraps a class as Gymnasium does", () => {
    const env = make("Walk-v0") as TimeLimit<unknown, unknown>;
    expect(env).toBeInstanceOf(TimeLimit);
    expect(env.env).toBeInstanceOf(OrderEnforcing);
    expect((env.env as OrderEnforcing<unknown, unknown>).env).toBeInstanceOf(PassiveEnvChecker);
    expect(env.unwrapped).toBeInstanceOf(WalkClass);
    expect(env.unwrapped.spec).toMatchObject({ id: "Walk-v0", maxEpisodeSteps: 12 });
    expect(problemOf(() => env.step(0)).code).toBe("reset-needed");
  });

  it("gives rules and class the same play", () => {
    const record = (id: string) => {
      const env = make(id);
      const seen: unknown[] = [env.reset({ seed: 8 }).observation];
      for (let step = 0; step < 60; step++) {
        const { observation, reward, terminated, truncated, info } = env.step(step % 3 === 0 ? 0 : 1);
        seen.push([observation, reward, terminated, truncated, info["draw"]]);
        if (terminated || truncated) seen.push(env.reset().observation);
      }
      return seen;
    };
    expect(record("Walk-v0")).toEqual(record("Walk-v1"));
  });

  it("hands settings and render mode to a class", () => {
    let seen: unknown = null;
    register({
      id: "Seen-v0",
      kwargs: { size: 4, colour: "red" },
      entryPoint: (kwargs) => {
        seen = kwargs;
        return new WalkClass();
      },
    });
    make("Seen-v0", { size: 5, renderMode: "ansi" });
    expect(seen).toEqual({ size: 5, colour: "red", renderMode: "ansi" });
  });

  it("makes the spec's own settings", () => {
    const env = make("Board/Walker-v3");
    env.reset({ options: { start: 7 } });
    expect(env.step(1).terminated).toBe(true);
    expect(env.spec).toMatchObject({ id: "Board/Walker-v3", maxEpisodeSteps: 5 });
  });

  it("refuses a limit that is none", () => {
    expect(problemOf(() => make("Walk-v1", { maxEpisodeSteps: -3 })).code).toBe("invalid-options");
  });
});

describe("EnvSpec", () => {
  it("goes to JSON and back, and makes the same environment", () => {
    const { spec } = make("Walk-v1", { slip: 0, maxEpisodeSteps: 2 });
    const back = EnvSpec.fromJson(JSON.stringify(spec));
    expect(back.toJson()).toEqual(spec?.toJson());
    const env = make(back);
    env.reset({ options: { start: 2 } });
    env.step(1);
    expect(env.step(1)).toMatchObject({ observation: 4, truncated: true });
  });

  it("refuses other JSON", () => {
    expect(problemOf(() => EnvSpec.fromJson("{}")).code).toBe("invalid-options");
    expect(problemOf(() => EnvSpec.fromJson('{"id":"Walk-v1","entry_point":"x"}')).message).toContain(
      '"entry_point"',
    );
  });

  it("of an unregistered environment is unknown", () => {
    const spec = EnvSpec.fromJson({ ...findSpec("Walk-v1").toJson(), id: "Wolk-v1" });
    expect(problemOf(() => make(spec)).message).toContain("Walk-v1");
  });
});

describe("makeVec", () => {
  it("is native for rules, sync for classes and with wrappers", () => {
    expect(makeVec("Walk-v1", { numEnvs: 3 }).constructor.name).toBe("NativeVectorEnv");
    expect(makeVec("Walk-v0", { numEnvs: 3 }).constructor.name).toBe("SyncVectorEnv");
    const wrapped = makeVec("Walk-v1", { numEnvs: 3, wrappers: (env) => new TimeLimit(env, 2) });
    expect(wrapped.constructor.name).toBe("SyncVectorEnv");
    wrapped.reset({ options: { start: 1 } });
    wrapped.step([0, 0, 0]);
    expect([...wrapped.step([0, 0, 0]).truncations]).toEqual([1, 1, 1]);
    expect(problemOf(() => makeVec("Walk-v0", { vectorizationMode: "native" })).code).toBe("unsupported");
    expect(
      problemOf(() => makeVec("Walk-v1", { vectorizationMode: "native", wrappers: [(env) => env] })).code,
    ).toBe("unsupported");
  });

  it("keeps the spec and its settings", () => {
    const envs = makeVec("Walk-v1", { numEnvs: 2, kwargs: { slip: 0 }, maxEpisodeSteps: 4 });
    expect(envs.spec).toMatchObject({ id: "Walk-v1", kwargs: { slip: 0 }, maxEpisodeSteps: 4 });
    expect(envs.autoresetMode).toBe("next-step");
  });

  it("refuses a number of environments that is none", () => {
    for (const vectorizationMode of ["native", "sync"] as const) {
      expect(problemOf(() => makeVec("Walk-v1", { numEnvs: 0, vectorizationMode })).code).toBe(
        "invalid-options",
      );
    }
  });
});
