import { defaultRng, FrameStackObservation, make, makeVec } from "gymnasium-js";
import { expect, test } from "vitest";
import "../../src/envs/index.js";
import { createFrameStacker, createReplay, elementSpec, type Replay } from "../../src/replay/index.js";
import { rowsOf } from "../../src/testing/naive-replay.js";
import { inTurn } from "./script.js";

const stack = 3;
const steps = 300;
const limit = 40;

function numbers(observation: unknown): string {
  return String(Array.from(observation as ArrayLike<number | bigint>, Number));
}

/** Observations acted on and what they led to, as the wrapper stacks them. */
function wrapped(id: string, actions: readonly number[]): string[][] {
  const env = new FrameStackObservation(make<unknown, number>(id, { maxEpisodeSteps: limit }), stack);
  let observation = numbers(env.reset({ seed: 5 }).observation);
  return actions.map((action) => {
    const acted = observation;
    const { observation: next, terminated, truncated } = env.step(action);
    const led = numbers(next);
    observation = terminated || truncated ? numbers(env.reset().observation) : led;
    return [acted, led];
  });
}

/** The same games with single frames, stacked for acting by a stacker and for learning by the replay. */
function stacked(id: string, actions: readonly number[]): { acted: string[]; replay: Replay } {
  const envs = makeVec(id, { numEnvs: 1, autoresetMode: "same-step", maxEpisodeSteps: limit });
  const element = elementSpec(envs.singleObservationSpace, envs.singleActionSpace);
  const stacker = createFrameStacker({ observation: element.observation, numEnvs: 1, stack });
  const replay = createReplay({ element, numEnvs: 1, capacity: steps, nStep: 1, gamma: 0.9, stack });
  envs.reset({ seed: 5 });
  const acted = actions.map((action) => {
    const { observations } = envs;
    const seen = numbers(stacker.push(observations));
    const played = Int32Array.of(action);
    const next = envs.step(played);
    replay.add({ observations, actions: played, next });
    stacker.endEpisodes(next);
    return seen;
  });
  return { acted, replay };
}

test.each(["CartPole-v1", "FrozenLake-v1", "MinAtar/Breakout-v1"])(
  "stacks of %s for acting and for learning are those of FrameStackObservation",
  (id) => {
    const rng = defaultRng(3);
    const actions = Array.from({ length: steps }, () => rng.integers(0, 2));
    const expected = wrapped(id, actions);
    const { acted, replay } = stacked(id, actions);
    expect(acted).toEqual(expected.map(([observation]) => observation));
    const learnt = rowsOf(replay.sample(inTurn(), replay.size)).map((row) => [
      numbers(row.observation),
      numbers(row.nextObservation),
    ]);
    expect(learnt.sort()).toEqual(expected.sort());
  },
);
