import { describe, expect, test } from "vitest";
import { agentByParts, agentNames, configKeys, parseSetting } from "../../src/training/config.js";
import {
  describeConfig,
  LudusError,
  type PartialConfig,
  type RunConfig,
  resolveConfig,
} from "../../src/training/index.js";

const env = { env: "CartPole-v1" };

/** Of runs that do not say which agent they are of. */
function resolveDqn(...layers: PartialConfig[]): Extract<RunConfig, { agent: "dqn" }> {
  const config = resolveConfig(...layers);
  if (config.agent === "dqn") return config;
  throw new Error(`expected the config of a dqn, not ${config.agent}`);
}

function refusal(...layers: PartialConfig[]): LudusError {
  try {
    resolveConfig(env, ...layers);
  } catch (error) {
    if (error instanceof LudusError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("resolveConfig", () => {
  test("fills in defaults in proportion to the run", () => {
    const long = resolveDqn(env, { steps: 1_000_000 });
    const short = resolveDqn(env, { steps: 1000 });
    expect(long).toMatchObject({
      agent: "dqn",
      seed: 0,
      learn: { startAt: 1000 },
      evaluation: { every: 100_000 },
    });
    expect(short).toMatchObject({
      learn: { startAt: 50 },
      evaluation: { every: 100 },
      metrics: { every: 10 },
    });
    expect(short.dqn.exploration).toMatchObject({ steps: 200 });
  });

  test("lays later layers over earlier ones, key by key, and changes none", () => {
    const lower = { dqn: { gamma: 0.9, nStep: 2 } };
    const upper = { dqn: { nStep: 5 } };
    const config = resolveDqn(env, lower, upper);
    expect(config.dqn).toMatchObject({ gamma: 0.9, nStep: 5 });
    expect(lower).toEqual({ dqn: { gamma: 0.9, nStep: 2 } });
    expect(upper).toEqual({ dqn: { nStep: 5 } });
  });

  test("is a fixed point: a saved config resolves to itself", () => {
    const config = resolveDqn(env, { steps: 777, dqn: { net: { type: "minatar" } } });
    expect(resolveConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  test("another kind of part begins with its own defaults", () => {
    const adam = resolveDqn(env, { dqn: { optimizer: { learningRate: 0.5 } } });
    expect(adam.dqn.optimizer).toMatchObject({ name: "adam", learningRate: 0.5, beta1: 0.9 });
    const sgd = resolveDqn(env, { dqn: { optimizer: { name: "sgd", learningRate: 0.1 } } });
    expect(sgd.dqn.optimizer).toMatchObject({ name: "sgd", learningRate: 0.1 });
    expect(sgd.dqn.optimizer).not.toHaveProperty("beta1");
    const back = resolveDqn(env, sgd, { dqn: { optimizer: { name: "rmsprop" } } });
    expect(back.dqn.optimizer).not.toHaveProperty("nesterov");
    const hard = resolveDqn(env, { dqn: { target: { type: "hard", every: 7 } } });
    expect(hard.dqn.target).toEqual({ type: "hard", every: 7 });
  });

  test.each([
    [{ dqn: { gama: 0.9 } }, "There is no config key 'dqn.gama'; did you mean 'dqn.gamma'?"],
    [{ step: 5 }, "There is no config key 'step'; did you mean 'steps'?"],
    [
      { dqn: { optimizer: { lerningRate: 1 } } },
      "'dqn.optimizer.lerningRate'; did you mean 'dqn.optimizer.learningRate'?",
    ],
    [{ evaluation: { evry: 1 } }, "'evaluation.evry'; did you mean 'evaluation.every'?"],
    [parseSetting("__proto__.x=1"), "There is no config key '__proto__'."],
    [parseSetting('dqn={"__proto__":{"x":1}}'), "There is no config key '__proto__'."],
  ])("%j is an unknown key, with the nearest spelling", (layer, sentence) => {
    expect(refusal(layer)).toMatchObject({ code: "unknown-key", exitCode: 2 });
    expect(refusal(layer).message).toContain(sentence);
  });

  test.each([
    [{ dqn: { gamma: 1.5 } }, "'dqn.gamma' cannot be 1.5"],
    [{ dqn: { gamma: "x" } }, "'dqn.gamma' cannot be \"x\""],
    [{ dqn: 5 }, "'dqn' cannot be 5"],
    [{ steps: 0 }, "'steps' cannot be 0"],
    [{ steps: 2.5 }, "'steps' cannot be 2.5"],
    [{ seed: -1 }, "'seed' cannot be -1"],
    [{ seed: 2 ** 32 }, "'seed' cannot be 4294967296"],
    [{ numEnvs: 0 }, "'numEnvs' cannot be 0"],
    [{ learn: { every: 0 } }, "'learn.every' cannot be 0"],
    [{ learn: { batchSize: 1e9 } }, "'learn.batchSize' cannot be 1000000000"],
    [{ dqn: { optimizer: { name: "adm" } } }, "'dqn.optimizer.name' cannot be \"adm\""],
    [{ dqn: { net: { hidden: ["a"] } } }, "'dqn.net.hidden.0' cannot be \"a\""],
    [{ agent: "dqm" }, "'agent' cannot be \"dqm\""],
  ])("%j is out of range", (layer, sentence) => {
    expect(refusal(layer)).toMatchObject({ code: "invalid-value", exitCode: 2 });
    expect(refusal(layer).message).toContain(sentence);
    expect(refusal(layer).message).not.toContain("\n");
  });

  test("of another agent, a run has that agent's parts only", () => {
    const config = resolveConfig(env, { agent: "pqn", steps: 5000 });
    expect(config).toMatchObject({
      agent: "pqn",
      numEnvs: 32,
      rollout: { length: 32, epochs: 2, minibatches: 16, stack: 1 },
      pqn: { lambda: 0.65, exploration: { steps: 1000 }, learningRate: { type: "linear", steps: 5000 } },
      evaluation: { every: 500 },
    });
    for (const part of ["dqn", "learn", "replay"]) expect(config).not.toHaveProperty(part);
    expect(resolveDqn(env)).not.toHaveProperty("pqn");
    expect(resolveConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  test("a part of another agent is named with whom it belongs to", () => {
    expect(refusal({ agent: "pqn" }, { dqn: { gamma: 0.9 } })).toMatchObject({
      code: "unknown-key",
      message:
        "The config key 'dqn' belongs to runs of the agent dqn, and this is one of pqn; choose it with --agent dqn.",
    });
    expect(refusal({ rollout: { length: 5 } }).message).toMatch(
      /'rollout' belongs to runs of the agent pqn.*--agent pqn/,
    );
    expect(refusal({ agent: "pqn", pqn: { lamda: 0.5 } }).message).toBe(
      "There is no config key 'pqn.lamda'; did you mean 'pqn.lambda'?",
    );
  });

  test("wants an environment", () => {
    expect(() => resolveConfig({})).toThrow(/'env' cannot be undefined/);
  });
});

describe("parseSetting", () => {
  test.each([
    ["steps=5", { steps: 5 }],
    ["dqn.gamma=0.9", { dqn: { gamma: 0.9 } }],
    ["dqn.net.hidden=[8,8]", { dqn: { net: { hidden: [8, 8] } } }],
    ["dqn.loss=mse", { dqn: { loss: "mse" } }],
    ["envOptions.mapName=8x8", { envOptions: { mapName: "8x8" } }],
    ["dqn.double=true", { dqn: { double: true } }],
    ["dqn.optimizer.clipNorm=null", { dqn: { optimizer: { clipNorm: null } } }],
    ["a=b=c", { a: "b=c" }],
    ["a=", { a: "" }],
  ])("%s", (setting, expected) => {
    expect(parseSetting(setting)).toEqual(expected);
  });

  test.each(["steps", "=5", ""])("'%s' is refused", (setting) => {
    expect(() => parseSetting(setting)).toThrow(/--set wants key=value/);
  });
});

describe("configs of arenas", () => {
  test.each([
    ["Pursuit-v0", "dqn", "shared"],
    ["ConnectFour-v0", "dqn", "self-play"],
    ["TwoStep-v0", "qmix", "team"],
    ["Pong-v0", "ppo", "self-play"],
    ["Tag-v0", "dqn", "roles"],
  ])("%s is learnt by %s as %s", (env, agent, learn) => {
    expect(resolveConfig({ env, agent }).arena?.learn).toBe(learn);
    expect(resolveConfig({ env, agent }, { arena: { learn: "seat" } }).arena?.learn).toBe("seat");
  });

  test("are not for environments of one agent", () => {
    expect(() => resolveConfig({ env: "CartPole-v1" }, { arena: { learn: "shared" } })).toThrow(
      "CartPole-v1 has one agent",
    );
    expect(resolveConfig({ env: "CartPole-v1" })).not.toHaveProperty("arena");
  });

  test("have the nearest spelling of their keys", () => {
    expect(() => resolveConfig({ env: "Pursuit-v0" }, { arena: { lern: "shared" } })).toThrow(
      "did you mean 'arena.learn'",
    );
  });
});

describe("describeConfig", () => {
  const described = describeConfig();

  test("names every key that a run has, with the default that a run takes, and words", () => {
    const standard = resolveConfig(env);
    for (const key of configKeys().filter((name) => name !== "envOptions" && !name.startsWith("arena."))) {
      const entry = described.find((candidate) => candidate.key === key);
      const value = key.split(".").reduce<unknown>((at, part) => (at as PartialConfig)[part], standard);
      expect(entry, key).toBeDefined();
      const entries = described.filter((candidate) => candidate.key === key);
      expect(
        entries.map((candidate) => candidate.default),
        key,
      ).toContainEqual(value);
      expect(entry?.about, key).not.toBe("");
    }
  });

  test("lists the keys of every agent, those of all agents once", () => {
    const pqn = resolveConfig(env, { agent: "pqn" });
    for (const key of configKeys("pqn").filter(
      (name) => name !== "envOptions" && !name.startsWith("arena.") && name !== "agent",
    )) {
      const entries = described.filter((candidate) => candidate.key === key);
      const value = key.split(".").reduce<unknown>((at, part) => (at as PartialConfig)[part], pqn);
      expect(
        entries.map((candidate) => candidate.default),
        key,
      ).toContainEqual(value);
    }
    expect(described.filter(({ key }) => key === "seed")).toHaveLength(1);
    expect(described.filter(({ key }) => key === "agent")).toEqual([
      { key: "agent", default: "dqn", about: `learning method: ${agentNames.join(" or ")}` },
    ]);
    expect(described.find(({ key, about }) => key === "numEnvs" && about.includes("pqn"))).toMatchObject({
      default: 32,
    });
  });

  test("names what runs in arenas have beside, with the defaults that they take", () => {
    const { arena } = resolveConfig({ env: "Pursuit-v0" });
    const described = describeConfig().filter(({ key }) => key.startsWith("arena."));
    expect(described.map(({ key }) => key)).toEqual(
      expect.arrayContaining(["arena.learn", "arena.others", "arena.league.sampling"]),
    );
    for (const { key, default: value, about } of described) {
      expect(about, key).not.toBe("");
      if (key === "arena.learn" || key === "arena.league.every") continue;
      const taken = key
        .split(".")
        .reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], { arena });
      expect(value, key).toEqual(taken);
    }
  });

  test("lists the keys of kinds that are not the default", () => {
    const keys = described.map(({ key }) => key);
    expect(keys).toContain("dqn.optimizer.centered");
    expect(keys).toContain("dqn.target.every");
    expect(keys).toContain("dqn.target.tau");
  });
});

test("a config is for the agent whose parts it sets, unless the preferred one has them", () => {
  expect(agentByParts([{ dqn: { gamma: 0.9 } }], "pqn")).toBe("dqn");
  expect(agentByParts([{ steps: 5 }, { rollout: { length: 8 } }], "pqn")).toBe("pqn");
  expect(agentByParts([{ rollout: { length: 8 } }])).toBe("pqn");
  expect(agentByParts([{ steps: 5 }])).toBe("dqn");
  expect(agentByParts([{ stepz: 5 }], "pqn")).toBe("pqn");
  expect(agentByParts([{ agent: "dqn", steps: 5 }], "pqn")).toBe("dqn");
});
