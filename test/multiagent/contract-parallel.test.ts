// Each arena here breaks one promise of the contract of parallel arenas, which has to say which.
import { describe, expect, test } from "vitest";
import type { ByAgent, ParallelArena, ParallelStep } from "../../src/multiagent/index.js";
import {
  type Change,
  type Fault,
  makeBoard,
  mapValues,
  parallelFailures,
  promises,
} from "./contract-failures.js";

/** What every step tells, changed. */
const telling =
  (tell: (step: ParallelStep) => Partial<ParallelStep>): Change<ParallelArena> =>
  (arena) => ({
    step(actions) {
      const step = arena.step(actions);
      return { ...step, ...tell(step) };
    },
  });

const without = <Value>(values: ByAgent<Value>, name: string): ByAgent<Value> =>
  Object.fromEntries(Object.entries(values).filter(([agent]) => agent !== name));

const steps = "gives each agent that takes part what is its own";
const ends = "lets nobody come back who is out";

describe("of what is told", () => {
  const faults: Fault<ParallelArena>[] = [
    [
      "an agent without a reward",
      /^step 0: the agents of rewards: found \["islander_0","islander_2"\]/,
      telling(({ rewards }) => ({ rewards: without(rewards, "islander_1") })),
    ],
    [
      "what is told of strangers",
      /^step 0: the agents of infos: found .*"nobody"/,
      telling(({ infos }) => ({ infos: { ...infos, nobody: {} } })),
    ],
    [
      "observations outside their space",
      /^step 0: the observation of islander_1 is not in its space/,
      telling(({ observations }) => ({
        observations: { ...observations, islander_1: observations["islander_0"] },
      })),
    ],
    [
      "rewards that are no numbers",
      /^step 0: the reward of islander_0 is NaN/,
      telling(({ rewards }) => ({ rewards: mapValues(rewards, () => Number.NaN) })),
    ],
    [
      "ends that are neither yes nor no",
      /^step 0: terminations of islander_0 is 0, expected true or false/,
      telling(({ terminations }) => ({ terminations: mapValues(terminations, Number) })),
    ],
    [
      "infos that are none",
      /^step 0: the info of islander_0 is null, expected an object/,
      telling(({ infos }) => ({ infos: mapValues(infos, () => null) })),
    ],
    [
      "masks that are too short",
      /^step 0: the action_mask of islander_0 is no Uint8Array of 0 and 1 for each of its actions, of which there are 2/,
      telling(({ infos }) => ({ infos: mapValues(infos, () => ({ action_mask: Uint8Array.of(1) })) })),
    ],
    [
      "nothing that anybody may do",
      /^step 0: no agent has a legal action by its action_mask/,
      telling(({ infos }) => ({
        infos: mapValues(infos, (_, agent) => ({
          action_mask: new Uint8Array(2 + (Number(agent.at(-1)) % 3)),
        })),
      })),
    ],
    [
      "ends that nobody leaves after",
      /^step \d+: agents, which are those who are not out: found/,
      telling(({ terminations }) => ({ terminations: mapValues(terminations, () => true) })),
    ],
    [
      "a reset that tells somebody nothing",
      /^after reset: the agents of observations: found \["islander_0","islander_2"\]/,
      (arena) => ({
        reset(how) {
          const { observations, infos } = arena.reset(how);
          return { observations: without(observations, "islander_1"), infos };
        },
      }),
    ],
    [
      "a reset after which nobody may do anything",
      /^after reset: no agent has a legal action by its action_mask/,
      (arena) => ({
        reset(how) {
          const { observations, infos } = arena.reset(how);
          const masks = mapValues(infos, (_, agent) => ({
            action_mask: new Uint8Array(2 + (Number(agent.at(-1)) % 3)),
          }));
          return { observations, infos: masks };
        },
      }),
    ],
    [
      "a reset that leaves somebody out",
      /^agents after reset: found \["islander_0","islander_1"\]/,
      (arena) => ({
        get agents() {
          return arena.agents.filter((agent) => agent !== "islander_2");
        },
      }),
    ],
  ];
  test.each(faults)("%s", (_, message, change) => {
    expect(parallelFailures(change)[steps]).toMatch(message);
  });
});

describe("of ends", () => {
  const faults: Fault<ParallelArena>[] = [
    [
      "steps before reset",
      /^A step before reset was let through/,
      (arena) => ({
        step(actions) {
          if (arena.agents.length === 0) arena.reset();
          return arena.step(Object.keys(actions).length === 0 ? all : actions);
        },
      }),
    ],
    [
      "steps when nobody is left",
      /^A step when nobody is left was let through/,
      (arena) => {
        let hasReset = false;
        return {
          reset(how) {
            hasReset = true;
            return arena.reset(how);
          },
          step: (actions) =>
            hasReset && arena.agents.length === 0
              ? { observations: {}, rewards: {}, terminations: {}, truncations: {}, infos: {} }
              : arena.step(actions),
        };
      },
    ],
    [
      "an agent that comes back",
      /^step \d+: agents, which are those who are not out: found .*"islander_0"/,
      (arena) => ({
        get agents() {
          return arena.agents.length === 1 ? ["islander_0", "islander_1", "islander_2"] : arena.agents;
        },
      }),
    ],
  ];
  const all = { islander_0: 0, islander_1: 1, islander_2: 0 };
  test.each(faults)("%s", (_, message, change) => {
    expect(parallelFailures(change)[ends]).toMatch(message);
  });

  test.each([
    [9, /^islander_\d was truncated after 7 steps, expected 9/],
    [3, /^After 3 steps, islander_\d.* still take part; maxCycles cuts/],
  ])("a limit that is not %d", (maxCycles, message) => {
    expect(parallelFailures(() => ({}), { maxCycles })[ends]).toMatch(message);
  });
});

describe("of refusals", () => {
  const faults: Fault<ParallelArena>[] = [
    [
      "agents that need not act",
      /^A missing action was let through/,
      (arena) => ({ step: (actions) => arena.step({ islander_0: 0, ...actions }) }),
    ],
    [
      "strangers that act",
      /^An action of a stranger was let through/,
      (arena) => ({ step: (actions) => arena.step(without(actions, "nobody")) }),
    ],
    [
      "actions outside their space",
      /^The action undefined of islander_0 was let through/,
      (arena) => ({
        step: (actions) =>
          arena.step(
            mapValues(actions, (action, agent) =>
              agent === "islander_0" && !(agent in actions && Number(action) >= 0 && Number(action) < 2)
                ? 0
                : action,
            ),
          ),
      }),
    ],
    [
      "refusals in which something happens",
      /^A missing action was refused; the snapshot after it: found/,
      (arena) => ({
        step(actions) {
          arena.rng.random();
          return arena.step(actions);
        },
      }),
    ],
  ];
  test.each(faults)("%s", (_, message, change) => {
    expect(parallelFailures(change)[promises.refusals]).toMatch(message);
  });
});

test("of illegal actions: one that is let through, after which nothing is right", () => {
  const change: Change<ParallelArena> = (arena) => {
    let known: ByAgent<{ action_mask?: Uint8Array }> = {};
    return {
      reset(how) {
        const begun = arena.reset(how);
        known = begun.infos;
        return begun;
      },
      step(actions) {
        const strayed = Object.entries(actions).some(
          ([agent, action]) =>
            known[agent]?.action_mask?.[action as number] === 0 && known[agent]!.action_mask!.includes(1),
        );
        if (strayed) return { observations: {}, rewards: {}, terminations: {}, truncations: {}, infos: {} };
        const step = arena.step(actions);
        known = step.infos;
        return step;
      },
    };
  };
  const failures = parallelFailures(change, { make: makeBoard });
  expect(failures[promises.illegal]).toMatch(/^step \d+: the agents of observations: found \[\], expected/);
});

test("of snapshots: one that forgets for how long an episode has lasted", () => {
  const change: Change<ParallelArena> = (arena) => ({
    snapshot: () => ({ ...(arena.snapshot() as object), cycles: 0 }),
  });
  expect(parallelFailures(change)[promises.snapshots]).toMatch(
    /^Seed \d, restored at step \d+ in the same arena, event \d+: /,
  );
});
