import { type GridworldTask, gridworldRules, tabulate } from "../../src/envs/index.js";

/** A map of a task, as a machine: what is seen in each state, and where each action leads. */
interface Machine {
  /** Share of the episodes that are played on it. */
  share: number;
  start: number;
  seen: readonly string[];
  /** By state and action. */
  moves: readonly (readonly { reward: number; to: number; ends: boolean }[])[];
}

/**
 * The best expected return of a policy that is a function of the observation alone, on a task whose maps are drawn among
 * `numMaps` and where chance does nothing else. All such policies are played: an action is chosen for an observation
 * when it is first met, each in turn.
 */
export function bestMemorylessReturn(task: GridworldTask, numMaps: number): number {
  const machines = machinesOf(task, numMaps);
  const steps = task.maxEpisodeSteps!;
  const policy = new Map<string, number>();
  const play = (number: number, state: number, step: number, earned: number): number => {
    const machine = machines[number];
    if (machine === undefined) return earned;
    if (step === steps) return play(number + 1, machines[number + 1]?.start ?? 0, 0, earned);
    const moves = machine.moves[state]!;
    const act = (action: number): number => {
      const { reward, to, ends } = moves[action]!;
      return play(number, to, ends ? steps : step + 1, earned + machine.share * reward);
    };
    const seen = machine.seen[state]!;
    const known = policy.get(seen);
    if (known !== undefined) return act(known);
    let best = -Infinity;
    for (let action = 0; action < moves.length; action++) {
      policy.set(seen, action);
      best = Math.max(best, act(action));
    }
    policy.delete(seen);
    return best;
  };
  return play(0, machines[0]!.start, 0, 0);
}

/** One per different map. */
function machinesOf(task: GridworldTask, numMaps: number): Machine[] {
  const machines = new Map<string, Machine>();
  for (let mapSeed = 0; mapSeed < numMaps; mapSeed++) {
    const machine = machineOf(task, mapSeed, 1 / numMaps);
    const { share, ...same } = machine;
    const key = JSON.stringify(same);
    const known = machines.get(key);
    if (known === undefined) machines.set(key, machine);
    else known.share += share;
  }
  return [...machines.values()];
}

function machineOf(task: GridworldTask, mapSeed: number, share: number): Machine {
  const rules = gridworldRules(task, { mapSeed, numMaps: 1 });
  const { P, starts, states } = tabulate(rules);
  const seen = states.map((state) => {
    const observation = new Uint8Array(rules.observationSpace.shape!.reduce((size, side) => size * side, 1));
    rules.observe(state, observation, 0);
    return observation.join("");
  });
  const moves = P.slice(0, states.length).map((actions) =>
    actions.map(([outcome, ...others]) => {
      if (others.length > 0) throw new Error(`${task.id} leaves moves to chance.`);
      return { reward: outcome!.reward, to: outcome!.nextState, ends: outcome!.terminated };
    }),
  );
  return { share, start: starts[0]!.state, seen, moves };
}
