import { type Generator, GymnasiumError, type Space } from "gymnasium-js";
import type { AecArena, ByAgent, ParallelArena } from "../multiagent/index.js";
import { requireSame } from "./assertions.js";

/** In no space of actions. */
export const strangeAction = "left of nowhere";

/** A random action, a legal one where the info says which are; any where none is, as of an agent that has to wait. */
export function actionOf(space: Space<unknown>, info: object, rng: Generator): unknown {
  const mask = (info as { action_mask?: Uint8Array }).action_mask ?? new Uint8Array(0);
  const legal = Array.from(mask.keys()).filter((action) => mask[action] === 1);
  if (legal.length === 0) {
    space.seed(rng.integers(0, 2 ** 31));
    return space.sample();
  }
  const { start = 0 } = space.describe() as { start?: number };
  return Number(start) + legal[rng.integers(0, legal.length)]!;
}

export function checkSpaces(arena: AecArena | ParallelArena): void {
  const names = arena.possibleAgents;
  requireSame([...new Set(names)], [...names], "possibleAgents, each once");
  for (const agent of names) {
    for (const space of ["observationSpace", "actionSpace"] as const) {
      const first = arena[space](agent);
      if (arena[space](agent) !== first) {
        throw new Error(`${space}("${agent}") is another object every time; keep one.`);
      }
    }
  }
}

export function requireElements(
  arena: AecArena | ParallelArena,
  observations: ByAgent<unknown>,
  where: string,
): void {
  for (const [agent, observation] of Object.entries(observations)) {
    if (!arena.observationSpace(agent).contains(observation)) {
      throw new Error(`${where}: the observation of ${agent} is not in its space.`);
    }
  }
}

/** @throws Error unless `work` is refused with that code */
export function requireRefusal(code: GymnasiumError["code"], work: () => unknown, what: string): void {
  let thrown: unknown = null;
  try {
    work();
  } catch (error) {
    thrown = error;
  }
  if (thrown instanceof GymnasiumError && thrown.code === code) return;
  const found = thrown === null ? "it was accepted" : `it threw ${String(thrown)}`;
  throw new Error(`Expected ${what} to be refused with the code ${code}, but ${found}.`);
}
