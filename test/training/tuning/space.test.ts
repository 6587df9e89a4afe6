import { Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import fc from "../../properties.js";
import "../../../src/envs/index.js";
import { agentNames, LudusError, resolveConfig } from "../../../src/training/index.js";
import { defaultSpace } from "../../../src/training/tuning/default-space.js";
import { settingsOf, trialConfig, trialValues } from "../../../src/training/tuning/sampling.js";
import { checkSpace, draw, parseSpace } from "../../../src/training/tuning/space.js";

const base = resolveConfig({ env: "CartPole-v1", agent: "dqn", steps: 2000 });

function refusalOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(LudusError);
    expect((error as LudusError).exitCode).toBe(2);
    return (error as LudusError).message;
  }
  throw new Error("It was not refused.");
}

describe("the language of a space", () => {
  test("reads numbers, words, lists and whole parts", () => {
    const space = parseSpace([
      "b=log(1e-5,1e-2)",
      "a.b = uniform( 0.9, 0.999 )",
      "c=int(1,5)",
      "d=logint(1,64)",
      'e=choice(adam,"rmsprop",true,[64,64],{"type":"hard","every":5})',
    ]);
    expect(space.map(({ key }) => key)).toEqual(["a.b", "b", "c", "d", "e"]);
    expect(space.map(({ distribution }) => distribution)).toEqual([
      { type: "uniform", low: 0.9, high: 0.999 },
      { type: "log", low: 1e-5, high: 1e-2 },
      { type: "int", low: 1, high: 5 },
      { type: "logint", low: 1, high: 64 },
      { type: "choice", values: ["adam", "rmsprop", true, [64, 64], { type: "hard", every: 5 }] },
    ]);
  });

  test.each([
    ["dqn.gamma", /--space wants key=spec.*not 'dqn\.gamma'/],
    ["=log(1,2)", /--space wants key=spec/],
    [
      "dqn.gamma=unifrom(0.9,1)",
      /'dqn\.gamma' cannot be drawn from 'unifrom\(0\.9,1\)': did you mean uniform/,
    ],
    [
      "dqn.gamma=0.9",
      /expected uniform\(a,b\), log\(a,b\), int\(a,b\), logint\(a,b\) or choice\(a,b,\.\.\.\)/,
    ],
    ["dqn.gamma=uniform(0.9)", /uniform wants two numbers/],
    ["dqn.gamma=uniform(0.9,x)", /uniform wants two numbers/],
    ["dqn.gamma=uniform(0.9,0.8)", /first number has to be below the second/],
    ["x=log(0,1)", /log wants numbers above 0/],
    ["x=int(1,2.5)", /int wants whole numbers/],
    ["x=logint(0,5)", /logint wants numbers above 0/],
    ["x=choice()", /choice wants at least one value/],
    ["steps=int(1,5)", /cannot have 'steps'.*same steps/],
    ["evaluation.episodes=int(1,5)", /cannot have 'evaluation\.episodes'.*same evaluation/],
  ])("refuses %s", (spec, sentence) => {
    expect(refusalOf(() => parseSpace([spec]))).toMatch(sentence);
  });

  test("refuses a key twice, and a part beside a key of it", () => {
    expect(refusalOf(() => parseSpace(["a=int(1,2)", "a=int(1,3)"]))).toContain("the key 'a' twice");
    expect(refusalOf(() => parseSpace(["a.b=int(1,2)", "a=choice(1)"]))).toContain(
      "both 'a' and its part 'a.b'",
    );
  });
});

describe("a space is checked against the config's schema", () => {
  test.each([
    ["dqn.gama=uniform(0.9,1)", /no config key 'dqn\.gama'; did you mean 'dqn\.gamma'\?/],
    [
      "dqn.gamma=uniform(0.9,1.5)",
      /dqn\.gamma=uniform\(0\.9,1\.5\) does not fit.*'dqn\.gamma' cannot be 1\.5/,
    ],
    ["dqn.nStep=uniform(1,4.5)", /'dqn\.nStep' cannot be 4\.5/],
    ["dqn.loss=choice(huber,hubr)", /'dqn\.loss' cannot be "hubr"/],
    ["pqn.lambda=uniform(0,1)", /belongs to runs of the agent pqn/],
  ])("%s", (spec, sentence) => {
    expect(refusalOf(() => checkSpace(parseSpace([spec]), base))).toMatch(sentence);
  });

  test("values that do not fit together are named together", () => {
    const space = parseSpace(["dqn.target.tau=log(0.001,0.1)", "dqn.target.type=choice(hard)"]);
    checkSpace(space.slice(0, 1), base);
    const values = trialValues(space, 0, 0);
    expect(refusalOf(() => trialConfig(base, values))).toMatch(
      /do not fit together \(dqn\.target\.type=hard dqn\.target\.tau=[\d.]+\): .*'dqn\.target\.tau'/,
    );
  });
});

describe("values", () => {
  const specs = ["u=uniform(-3,5)", "l=log(1e-6,10)", "i=int(-2,3)", "n=logint(1,512)", "c=choice(1,2,3)"];

  test("depend on the seed and the trial's number, and not on the order of the keys", () => {
    const some = Array.from({ length: 5 }, (_, trial) => trialValues(parseSpace(specs), 7, trial));
    expect(
      Array.from({ length: 5 }, (_, trial) => trialValues(parseSpace(specs.toReversed()), 7, trial)),
    ).toEqual(some);
    expect(new Set(some.map((values) => JSON.stringify(values))).size).toBe(5);
    expect(trialValues(parseSpace(specs), 8, 0)).not.toEqual(some[0]);
  });

  test("stay within their bounds and are short", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 1000 }), (seed, trial) => {
        const { u, l, i, n, c } = trialValues(parseSpace(specs), seed, trial) as Record<string, number>;
        expect(u).toBeGreaterThanOrEqual(-3);
        expect(u).toBeLessThanOrEqual(5);
        expect(Number(u!.toFixed(3))).toBe(u);
        expect(l).toBeGreaterThanOrEqual(1e-6);
        expect(l).toBeLessThanOrEqual(10);
        expect(Number(l!.toPrecision(4))).toBe(l);
        expect([-2, -1, 0, 1, 2, 3]).toContain(i);
        expect(n).toBeGreaterThanOrEqual(1);
        expect(n).toBeLessThanOrEqual(512);
        expect(Number.isInteger(n)).toBe(true);
        expect([1, 2, 3]).toContain(c);
      }),
    );
  });

  test("are spread as their distributions say", () => {
    const many = (spec: string): number[] => {
      const [one] = parseSpace([`x=${spec}`]);
      const rng = new Generator(1);
      return Array.from({ length: 6000 }, () => draw(one!.distribution, rng) as number);
    };
    const share = (values: number[], below: number): number =>
      values.filter((value) => value < below).length / values.length;
    expect(share(many("uniform(0,10)"), 2.5)).toBeCloseTo(0.25, 1);
    // Each decade of a logarithmic scale has its share.
    expect(share(many("log(1e-4,1)"), 1e-3)).toBeCloseTo(0.25, 1);
    expect(share(many("log(1e-4,1)"), 1e-2)).toBeCloseTo(0.5, 1);
    const ints = many("int(1,4)");
    for (const value of [1, 2, 3, 4])
      expect(share(ints, value + 0.5) - share(ints, value - 0.5)).toBeCloseTo(0.25, 1);
    const powers = many("logint(1,15)");
    expect(share(powers, 2)).toBeCloseTo(0.25, 1);
    expect(share(powers, 4)).toBeCloseTo(0.5, 1);
    expect(share(powers, 8)).toBeCloseTo(0.75, 1);
  });

  test("are told as --set takes them", () => {
    expect(settingsOf({ a: 1e-4, b: "adam", c: [64, 64], d: { type: "hard" }, e: true })).toEqual([
      "a=0.0001",
      "b=adam",
      "c=[64,64]",
      'd={"type":"hard"}',
      "e=true",
    ]);
  });
});

describe("without a space", () => {
  // `ludus tune` refuses searches on the policy, which go on by generations and not by steps.
  test.each(agentNames.filter((agent) => agent !== "evolution"))(
    "%s has one, whose every value its config takes",
    (agent) => {
      const config = resolveConfig({ env: "CartPole-v1", agent });
      const space = defaultSpace(config);
      expect(space.length).toBeGreaterThanOrEqual(1);
      for (let trial = 0; trial < 50; trial++) {
        const values = trialValues(space, 0, trial);
        const resolved = trialConfig(config, values) as unknown as Record<string, unknown>;
        for (const [key, value] of Object.entries(values)) {
          const there = key
            .split(".")
            .reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], resolved);
          expect(there).toEqual(value);
        }
      }
    },
  );

  test("learning rates are searched around the present one", () => {
    const around = (learningRate: number) =>
      defaultSpace(resolveConfig(base, { dqn: { optimizer: { learningRate } } })).find(
        ({ key }) => key === "dqn.optimizer.learningRate",
      )?.spec;
    expect(around(5e-4)).toBe("log(0.00005,0.005)");
    expect(around(0.1)).toBe("log(0.01,1)");
  });

  test("parts that the config does not have are not searched", () => {
    const keys = (config: typeof base): string[] => defaultSpace(config).map(({ key }) => key);
    expect(keys(base)).toContain("dqn.target.tau");
    expect(keys(resolveConfig(base, { dqn: { target: { type: "hard" } } }))).not.toContain("dqn.target.tau");
  });
});
