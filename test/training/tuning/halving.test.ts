import { Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  type Halving,
  type HalvingEnd,
  planRungs,
  type RungTrainer,
  type RunScore,
  rank,
  standings,
  successiveHalving,
  type TrialRun,
  type TrialScore,
} from "../../../src/training/tuning/halving.js";
import { trialValues } from "../../../src/training/tuning/sampling.js";
import { parseSpace } from "../../../src/training/tuning/space.js";

describe("rungs", () => {
  test("give each rung the same number of steps", () => {
    const rungs = planRungs({ trials: 27, steps: 27_000, eta: 3, rungs: 4 });
    expect(rungs).toEqual([
      { trials: 27, steps: 1000 },
      { trials: 9, steps: 3000 },
      { trials: 3, steps: 9000 },
      { trials: 1, steps: 27_000 },
    ]);
    for (const { trials, steps } of rungs) expect(trials * steps).toBe(27_000);
  });

  test("end with a whole run, and lie on multiples of the first", () => {
    expect(planRungs({ trials: 10, steps: 10_000, eta: 3 })).toEqual([
      { trials: 10, steps: 1111 },
      { trials: 3, steps: 3333 },
      { trials: 1, steps: 10_000 },
    ]);
  });

  test("are as many as there are trials for, while the first is a tenth of the run", () => {
    const count = (trials: number, eta: number): number => planRungs({ trials, steps: 1e6, eta }).length;
    expect([1, 2, 3, 8, 9, 1000].map((trials) => count(trials, 3))).toEqual([1, 1, 2, 2, 3, 3]);
    expect([1, 2, 4, 8, 16, 1000].map((trials) => count(trials, 2))).toEqual([1, 2, 3, 4, 4, 4]);
  });

  test("are refused where there are too few trials", () => {
    expect(() => planRungs({ trials: 8, steps: 100, eta: 3, rungs: 3 })).toThrow(
      /3 rungs .* at least 9 trials, and these are 8/,
    );
  });

  test("one is random search", () => {
    expect(planRungs({ trials: 20, steps: 500, eta: 3, rungs: 1 })).toEqual([{ trials: 20, steps: 500 }]);
  });
});

const space = parseSpace(["x=uniform(0,1)", "y=log(1e-4,1)"]);

/** A made-up training: the nearer x to 0.3 and y to 0.01, the better; the longer, the clearer. */
function madeUpReturn({ trial, seed }: TrialRun, steps: number): number {
  const { x, y } = trialValues(space, 5, trial) as { x: number; y: number };
  const quality = 100 - 100 * Math.abs(x - 0.3) - 10 * Math.abs(Math.log10(y) + 2);
  return (
    quality * (1 - 1 / Math.sqrt(steps)) + new Generator([seed, trial, steps]).normal() / Math.sqrt(steps)
  );
}

const rungs = planRungs({ trials: 27, steps: 2700, eta: 3, rungs: 4 });

/** Trains by `returnOf`, several at the same time, the order shuffled; ends after `most` runs. */
class Trainer {
  readonly trained: TrialRun[] = [];
  constructor(
    private readonly returnOf: (run: TrialRun) => number | null,
    private readonly options: { shuffledBy?: number; most?: number } = {},
  ) {}

  readonly train: RungTrainer = async function* (this: Trainer, runs: readonly TrialRun[]) {
    const { shuffledBy, most = Infinity } = this.options;
    const order =
      shuffledBy === undefined
        ? runs
        : Array.from(new Generator(shuffledBy).permutation(runs.length), (i) => runs[Number(i)]!);
    for (const run of order) {
      if (this.trained.length >= most) return;
      this.trained.push(run);
      const returnMean = this.returnOf(run);
      yield returnMean === null ? { ...run, returnMean, failure: "It diverged." } : { ...run, returnMean };
    }
  }.bind(this);
}

async function collect(halving: Halving): Promise<HalvingEnd & { yielded: TrialScore[] }> {
  const search = successiveHalving(halving);
  const yielded: TrialScore[] = [];
  for (;;) {
    const next = await search.next();
    if (next.done) return { ...next.value, yielded };
    yielded.push(next.value);
  }
}

const returnOf = (run: TrialRun): number => madeUpReturn(run, rungs[run.rung]!.steps);
const seeds = [1, 2];

describe("successive halving", () => {
  test("finds the best of a known function for the promised number of steps", async () => {
    const trainer = new Trainer(returnOf);
    const { ranked, interrupted } = await collect({ rungs, seeds, known: [], train: trainer.train });
    const truth = rank(
      Array.from({ length: 27 }, (_, trial) => ({
        ...{ trial, rung: 0, returnMeans: [], spread: 0 },
        score: madeUpReturn({ trial, seed: 0, rung: 0 }, 1e12),
      })),
    );
    expect(interrupted).toBe(false);
    expect(standings(ranked)[0]!.trial).toBe(truth[0]!.trial);
    expect(ranked.map((scores) => scores.length)).toEqual([27, 9, 3, 1]);
    const made = trainer.trained.reduce(
      (sum, { rung }) => sum + rungs[rung]!.steps - (rungs[rung - 1]?.steps ?? 0),
      0,
    );
    // Runs go on from rung to rung, so that the search takes less than a rung's steps for each rung.
    expect(made).toBe(seeds.length * (27 * 100 + 9 * 200 + 3 * 600 + 1800));
    expect(made).toBeLessThan(seeds.length * rungs.length * 2700);
  });

  test("only the best of a rung go on", async () => {
    const { ranked } = await collect({ rungs, seeds, known: [], train: new Trainer(returnOf).train });
    for (let rung = 1; rung < ranked.length; rung++) {
      const best = ranked[rung - 1]!.slice(0, rungs[rung]!.trials).map(({ trial }) => trial);
      expect(new Set(ranked[rung]!.map(({ trial }) => trial))).toEqual(new Set(best));
    }
  });

  test("the score is the mean over the seeds", async () => {
    const { yielded } = await collect({ rungs, seeds, known: [], train: new Trainer(returnOf).train });
    expect(yielded).toHaveLength(27 + 9 + 3 + 1);
    const [first] = yielded;
    const [a, b] = seeds.map((seed) => returnOf({ trial: 0, rung: 0, seed })) as [number, number];
    expect(first).toMatchObject({ trial: 0, rung: 0, returnMeans: [a, b], score: (a + b) / 2 });
    expect(first!.spread).toBeCloseTo(Math.abs(a - b) / 2, 12);
  });

  test.each([1, 2, 3])("the order in which runs end changes nothing (%i)", async (shuffledBy) => {
    const whole = await collect({ rungs, seeds, known: [], train: new Trainer(returnOf).train });
    const shuffled = await collect({
      ...{ rungs, seeds, known: [] },
      train: new Trainer(returnOf, { shuffledBy }).train,
    });
    expect(shuffled.ranked).toEqual(whole.ranked);
  });

  test.each([0, 1, 30, 54, 60, 77, 79])(
    "interrupted after %i runs it goes on to the same end",
    async (most) => {
      const whole = await collect({ rungs, seeds, known: [], train: new Trainer(returnOf).train });
      const known: RunScore[] = [];
      const cut = new Trainer(returnOf, { most });
      const recording: RungTrainer = async function* (runs) {
        for await (const score of cut.train(runs)) {
          known.push(score);
          yield score;
        }
      };
      expect((await collect({ rungs, seeds, known: [], train: recording })).interrupted).toBe(true);
      expect(known).toHaveLength(most);
      const rest = new Trainer(returnOf);
      const end = await collect({ rungs, seeds, known, train: rest.train });
      expect(end.ranked).toEqual(whole.ranked);
      expect(end.interrupted).toBe(false);
      expect(rest.trained).toHaveLength(80 - most);
    },
  );

  test("a trial that fails with one of its seeds is the worst and does not go on", async () => {
    const whole = await collect({ rungs, seeds, known: [], train: new Trainer(returnOf).train });
    const winner = standings(whole.ranked)[0]!.trial;
    const train = new Trainer((run) => (run.trial === winner && run.seed === 2 ? null : returnOf(run))).train;
    const { ranked } = await collect({ rungs, seeds, known: [], train });
    expect(ranked[0]!.at(-1)).toMatchObject({ trial: winner, score: null, failure: "It diverged." });
    expect(standings(ranked).at(-1)!.trial).toBe(winner);
    expect(standings(ranked)[0]!.trial).not.toBe(winner);
  });

  test("where the last of them fail, the best of the rung before wins", async () => {
    const train = new Trainer((run) => (run.rung === 2 ? null : returnOf(run))).train;
    const { ranked, interrupted } = await collect({ rungs, seeds, known: [], train });
    expect(interrupted).toBe(false);
    expect(ranked).toHaveLength(3);
    const failed = new Set(ranked[2]!.map(({ trial }) => trial));
    const [first] = standings(ranked);
    expect(first).toMatchObject({
      trial: ranked[1]!.find(({ trial }) => !failed.has(trial))!.trial,
      rung: 1,
    });
  });

  test("equal scores are ranked by their trial's number", async () => {
    const train = new Trainer(() => 1, { shuffledBy: 4 }).train;
    const { ranked } = await collect({ rungs, seeds, known: [], train });
    expect(ranked.map((scores) => scores.map(({ trial }) => trial).slice(0, 3))).toEqual([
      [0, 1, 2],
      [0, 1, 2],
      [0, 1, 2],
      [0],
    ]);
  });

  test("more trials leave those that there were as they were", async () => {
    const more = planRungs({ trials: 40, steps: 2700, eta: 3, rungs: 1 });
    const few = planRungs({ trials: 10, steps: 2700, eta: 3, rungs: 1 });
    const run = (plan: typeof more) =>
      collect({ rungs: plan, seeds, known: [], train: new Trainer((one) => madeUpReturn(one, 2700)).train });
    const [many, some] = [await run(more), await run(few)];
    expect(many.yielded.slice(0, 10)).toEqual(some.yielded);
  });
});
