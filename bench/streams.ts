// What RxJS costs the training loop: the pipeline of `src/training/run.ts` against the same work in a plain loop.
import { type Batch, defaultRng, makeVec, type VectorEnv } from "gymnasium-js";
import {
  type Agent,
  findPreset,
  type ReplayBatch,
  type RolloutStep,
  type RunConfig,
  resolveConfig,
  rollout,
  stopAfter,
  useEngine,
  type VectorPolicy,
} from "ludus";
import { lastValueFrom, NEVER, takeUntil, tap } from "rxjs";
import { type Circle, closeCircle, openCircle } from "../src/training/circle.js";
import { ReplayLearner } from "../src/training/kinds/dqn.js";
import { learnWith, refuseBadSteps, storeIn } from "../src/training/operators.js";
import { type Bench, type BenchOptions, type BenchRecord, median, scaled } from "./harness/bench.js";

const env = "MinAtar/Breakout-v1";
const numEnvs = 32;
/** From which an error can be told. */
const leastTurns = 5;

type DqnRunConfig = Extract<RunConfig, { agent: "dqn" }>;

/** The same work in two ways. Both go on from where the other stopped, so they see the same games and weights. */
interface Loop {
  plain(vectorSteps: number): Promise<unknown>;
  pipeline(vectorSteps: number): Promise<unknown>;
}

/** Vector steps in one turn of a loop, and how many turns each of the two takes. */
interface Turns {
  vectorSteps: number;
  turns: number;
}

async function* run(options: BenchOptions): AsyncIterable<BenchRecord> {
  const { name: engine } = await useEngine("wasm");
  const preset = findPreset(env, "dqn")?.config ?? {};
  const config = resolveConfig(preset, { env, numEnvs, agent: "dqn" }) as DqnRunConfig;
  const subjects = [
    {
      loop: "learning",
      startAt: numEnvs,
      turns: { vectorSteps: scaled(2, options), turns: scaled(45, options) },
    },
    // No update is ever due.
    {
      loop: "acting",
      startAt: Infinity,
      turns: { vectorSteps: scaled(100, options), turns: scaled(40, options) },
    },
  ];
  for (const { loop, startAt, turns } of subjects) {
    const learn = { ...config.learn, startAt };
    const updatesPerEvent = loop === "learning" ? numEnvs / learn.every : 0;
    const circle = openCircle(config);
    try {
      const measured = await takeTurns(trainingLoop(circle, { ...config, learn }), turns);
      yield { loop, env, engine, numEnvs, updatesPerEvent, ...measured };
    } finally {
      closeCircle(circle);
    }
  }
  const envs = makeVec(env, { numEnvs, autoresetMode: "same-step" });
  envs.reset({ seed: 1 });
  const turns = { vectorSteps: scaled(20_000, options), turns: scaled(25, options) };
  // What an event costs; a percentage of hardly any work would say nothing about training.
  const {
    overheadPercent: _,
    standardErrorPercent: __,
    ...measured
  } = await takeTurns(steppingLoop(envs), turns);
  yield { loop: "stepping", env, engine: null, numEnvs, updatesPerEvent: 0, ...measured };
}

/** Act, store, count, learn: what `Run` does once per vector step, but for files and listeners. */
function trainingLoop(circle: Circle, { learn, metrics }: DqnRunConfig): Loop {
  const { actor, envs, standing, episodes, window } = circle;
  const { agent, memory: replay, rng } = circle.learner as ReplayLearner;
  const policy = uncounted(
    (...[observations, masks]: Parameters<VectorPolicy>): Batch => actor.policy(observations, masks),
  );
  // The same agent, but for how `learn` is called.
  const learner = Object.create(agent, {
    learn: { value: uncounted((batch: ReplayBatch) => agent.learn(batch)) },
  }) as Agent;
  const parts = new ReplayLearner({ agent: learner, memory: replay, rng, schedule: learn });
  const see = (step: RolloutStep): void => {
    standing.steps += numEnvs;
    actor.saw(step);
    episodes.add(step, (episode) => window.addEpisode(episode));
  };
  const record = (): void => {
    if (standing.steps % metrics.every >= numEnvs) return;
    window.record({ step: standing.steps, updates: agent.updates, epsilon: agent.epsilon });
  };
  return {
    plain: (vectorSteps) =>
      inBursts(vectorSteps, (index) => {
        const { observations, actionMasks } = envs;
        const actions = policy(observations, actionMasks);
        const next = envs.step(actions);
        const { actionMasks: nextActionMasks } = envs;
        const step = { index, observations, actionMasks, actions, next, nextActionMasks };
        for (const reward of next.rewards) if (!Number.isFinite(reward)) throw new Error("A bad reward.");
        if (!envs.observationSpace.contains(next.observations)) throw new Error("A bad observation.");
        replay.add(step);
        see(step);
        const due = Math.floor((standing.steps - learn.startAt) / learn.every);
        while (learner.updates < due && replay.size > 0) {
          const batch = replay.sample(rng, learn.batchSize);
          const update = learner.learn(batch);
          replay.updatePriorities(batch.indices, update.tdErrors);
          window.addUpdate(update);
        }
        record();
      }),
    pipeline: (vectorSteps) =>
      lastValueFrom(
        rollout(envs, policy, { resume: true }).pipe(
          refuseBadSteps(envs),
          storeIn(replay),
          tap(see),
          learnWith(parts, standing, (update) => window.addUpdate(update)),
          tap(record),
          stopAfter(vectorSteps * numEnvs),
          takeUntil(NEVER),
        ),
      ),
  };
}

/** As many operators, with next to nothing to do in them: what an event costs by itself. */
function steppingLoop(envs: VectorEnv): Loop {
  const actions = Int32Array.from({ length: numEnvs }, (_, env) => env % 3);
  const seen = { rewards: 0 };
  const add = ({ next }: Pick<RolloutStep, "next">): void => {
    seen.rewards += next.rewards[0]!;
  };
  return {
    plain: (vectorSteps) =>
      inBursts(vectorSteps, () => {
        const next = envs.step(actions);
        for (let operator = 0; operator < 5; operator++) add({ next });
      }),
    pipeline: (vectorSteps) =>
      lastValueFrom(
        rollout(envs, () => actions, { resume: true }).pipe(
          tap<RolloutStep>(add),
          tap<RolloutStep>(add),
          tap<RolloutStep>(add),
          tap<RolloutStep>(add),
          tap<RolloutStep>(add),
          stopAfter(vectorSteps * numEnvs),
          takeUntil(NEVER),
        ),
      ),
  };
}

/** A plain loop that gives the event loop air as often as `rollout` does. */
async function inBursts(vectorSteps: number, step: (index: number) => void): Promise<void> {
  let until = performance.now() + 16;
  for (let index = 0; index < vectorSteps; index++) {
    step(index);
    if (performance.now() < until) continue;
    await new Promise(setImmediate);
    until = performance.now() + 16;
  }
}

/** Milliseconds since the last turn began in which the net computed. */
let computing = 0;

/**
 * Lets the clock stand still while the net computes. Those calls are the same in both loops, but chance makes them
 * differ by far more than what is to be measured: SIMD code runs up to 15 % slower where the stack is not aligned.
 */
function uncounted<Arguments extends unknown[], Result>(
  work: (...values: Arguments) => Result,
): (...values: Arguments) => Result {
  return (...values) => {
    const start = performance.now();
    const result = work(...values);
    computing += performance.now() - start;
    return result;
  };
}

/**
 * Each turn times both loops, in random order, for collections of garbage have rhythms. The overhead is the median
 * difference of what they take beside the net; percentages are of everything that an event takes in the plain loop.
 */
async function takeTurns(loop: Loop, { vectorSteps, turns }: Turns) {
  const rng = defaultRng(1);
  const [plains, overheads]: [number[], number[]] = [[], []];
  for (let turn = -Math.ceil(turns / 4); turn < Math.max(turns, leastTurns); turn++) {
    const pipelineFirst = rng.random() < 0.5;
    const before = pipelineFirst ? await nanoseconds(loop.pipeline, vectorSteps) : null;
    const plain = await nanoseconds(loop.plain, vectorSteps);
    const pipeline = before ?? (await nanoseconds(loop.pipeline, vectorSteps));
    if (turn < 0) continue;
    plains.push(plain.all);
    overheads.push(pipeline.besideNet - plain.besideNet);
  }
  for (const values of [plains, overheads]) values.sort((a, b) => a - b);
  const percent = 100 / median(plains);
  return {
    plainNanosecondsPerEvent: Math.round(median(plains)),
    overheadNanosecondsPerEvent: Math.round(median(overheads)),
    overheadPercent: rounded(percent * median(overheads)),
    standardErrorPercent: rounded(percent * errorOfMedian(overheads)),
  };
}

/** Per vector step. What a loop leaves for the event loop to do is done before the next one starts. */
async function nanoseconds(work: Loop["plain"], vectorSteps: number) {
  computing = 0;
  const start = performance.now();
  await work(vectorSteps);
  const all = performance.now() - start;
  const besideNet = all - computing;
  await new Promise(setImmediate);
  return { all: (1e6 * all) / vectorSteps, besideNet: (1e6 * besideNet) / vectorSteps };
}

/** Of normally distributed values: 1.2533 sigma / sqrt(n), with sigma = interquartile range / 1.349. */
function errorOfMedian(sorted: readonly number[]): number {
  const { length } = sorted;
  const range = sorted[Math.floor(0.75 * (length - 1))]! - sorted[Math.floor(0.25 * (length - 1))]!;
  return (1.2533 * range) / 1.349 / Math.sqrt(length);
}

function rounded(percent: number): number {
  return Math.round(percent * 1000) / 1000;
}

export default {
  name: "streams",
  describe: "what RxJS costs the training loop: its pipeline against the same work in a plain loop",
  run,
} satisfies Bench;
