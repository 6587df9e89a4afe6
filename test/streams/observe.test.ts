import { restore, snapshot } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { observe } from "../../src/streams/index.js";
import { stairs } from "./stairs.js";

const observed = () => observe(stairs.make());
type Observed = ReturnType<typeof observed>;

const action = Int32Array.of(2);

/** Writes down what the streams say. */
function listen(env: Observed) {
  const said: string[] = [];
  env.observations$.subscribe({
    next: (observation) => said.push(`observation ${observation}`),
    complete: () => said.push("observations end"),
  });
  env.rewards$.subscribe({
    next: (reward) => said.push(`reward ${reward}`),
    complete: () => said.push("rewards end"),
  });
  env.steps$.subscribe({
    next: (step) => said.push(`step ${step.index}: ${step.action} -> ${step.observation}, ${step.reward}`),
    complete: () => said.push("steps end"),
  });
  env.episodes$.subscribe({
    next: (episode) => said.push(`episode ${JSON.stringify(episode)}`),
    complete: () => said.push("episodes end"),
  });
  return said;
}

function playEpisode(env: Observed, seed: number): number {
  env.reset({ seed });
  for (let length = 1; ; length++) {
    const { terminated, truncated } = env.step(action);
    if (terminated || truncated) return length;
  }
}

test("streams say what happens, in order; observations are those that the caller gets", () => {
  const env = observed();
  const said = listen(env);
  const goal = env.reset({ seed: 1 }).observation[1];
  env.step(action);
  expect(said).toEqual([
    `observation 0,${goal}`,
    `step 0: 2 -> 1,${goal}, 2`,
    `observation 1,${goal}`,
    "reward 2",
  ]);
});

test("an episode comes after the step that ends it; one cut short by a reset does not come", () => {
  const env = observed();
  const said = listen(env);
  env.reset({ seed: 0 });
  env.step(action);
  const length = playEpisode(env, 3);
  const episodes = said.filter((line) => line.startsWith("episode "));
  expect(episodes).toHaveLength(1);
  expect(said.at(-1)).toBe(episodes[0]);
  const episode = JSON.parse(episodes[0]!.slice("episode ".length));
  expect(episode).toMatchObject({ env: 0, return: 2 * length, length, index: length });
  expect(episode.terminated !== episode.truncated).toBe(true);
});

test("listeners change nothing, and need not be there", () => {
  const trace = (env: ReturnType<typeof stairs.make> | Observed) => {
    const rows: string[] = [];
    for (let episode = 0; episode < 5; episode++) {
      rows.push(String(env.reset(episode === 0 ? { seed: 4 } : {}).observation));
      for (let over = false; !over; ) {
        const { observation, reward, terminated, truncated } = env.step(action);
        rows.push(`${observation} ${reward} ${terminated} ${truncated}`);
        over = terminated || truncated;
      }
    }
    return rows;
  };
  const alone = trace(stairs.make());
  expect(trace(observed())).toEqual(alone);
  const heard = observed();
  listen(heard);
  expect(trace(heard)).toEqual(alone);
});

describe("teardown", () => {
  test("who unsubscribes within an event hears no more; the others do", () => {
    const env = observed();
    const heard: number[] = [];
    const said = listen(env);
    const subscription = env.rewards$.subscribe((reward) => {
      heard.push(reward);
      subscription.unsubscribe();
    });
    env.reset({ seed: 0 });
    env.step(action);
    env.step(action);
    expect(heard).toEqual([2]);
    expect(said.filter((line) => line.startsWith("reward"))).toHaveLength(2);
  });

  test("close completes the streams", () => {
    const env = observed();
    const said = listen(env);
    env.close();
    expect(said).toEqual(["steps end", "observations end", "rewards end", "episodes end"]);
  });
});

test("an error of the environment is its caller's; the streams go on", () => {
  const env = observed();
  const said = listen(env);
  env.reset({ seed: 0 });
  expect(() => env.step(Int32Array.of(1, 2))).toThrow();
  env.step(action);
  expect(said.filter((line) => line.startsWith("step"))).toHaveLength(1);
});

test("a snapshot holds the running episode's return and length", () => {
  const env = observed();
  env.reset({ seed: 3 });
  env.step(action);
  const taken = snapshot(env);
  const other = observed();
  const [said, saidByOther] = [listen(env), listen(other)];
  restore(other, taken);
  for (const one of [env, other]) {
    for (let over = false; !over; ) {
      const { terminated, truncated } = one.step(action);
      over = terminated || truncated;
    }
  }
  expect(saidByOther.at(-1)).toMatch(/^episode/);
  expect(saidByOther).toEqual(said);
  expect(() =>
    restore(other, { wrapper: "ObservedEnv", own: null, inner: snapshot(stairs.make()) }),
  ).toThrow();
});
