import { type Outcome, proceed, type RandomSource, terminate } from "gymnasium-js";
import { moveHazards } from "./hazards.js";
import { ground, occupant } from "./legend.js";
import { fate, moveAgent, type Surroundings } from "./movement.js";
import type { GridworldOptions } from "./options.js";
import type { GridState } from "./state.js";

export type GridworldStep = (state: GridState, action: number | Int32Array, rng: RandomSource) => Outcome;

/** One step of a gridworld as a function of state and actions: who acts when, what it is worth, and when it ends. */
export function stepRules(world: Surroundings, options: GridworldOptions, numAgents: number): GridworldStep {
  const { stepReward, goalReward, hazardReward, boxReward, slip } = options;
  const turns = options.actions === "turns";
  /** Reward by fate. */
  const ends = new Float64Array(4);
  ends[fate.lava] = options.lavaReward;
  ends[fate.hazard] = hazardReward;
  ends[fate.decoy] = options.decoyReward;

  /** By how many quarters to the right each agent's move goes off. */
  const slips = new Uint8Array(numAgents);
  const act = (state: GridState, agent: number, action: number): number => {
    state.lastActions[agent] = action;
    if (!turns) {
      return action > 3 ? fate.alive : moveAgent(world, state, agent, (action + slips[agent]!) & 3);
    }
    const heading = state.headings[agent]!;
    if (action === 2) return moveAgent(world, state, agent, (heading + slips[agent]!) & 3);
    turn(world, state, agent, (heading + (action === 0 ? 3 : 1)) & 3);
    return fate.alive;
  };

  /** What the agents' moves are worth beyond the step, for the team. In an array, where a sum allocates no number. */
  const bonus = new Float64Array(1);
  const credit = (state: GridState, agent: number, gain: number) => {
    bonus[0]! += gain;
    state.info.agentRewards[agent]! += gain;
  };
  /** Lets the agents act, until one of them meets its end; whether none did. */
  const actInTurn = (state: GridState, action: number | Int32Array): boolean => {
    for (let agent = 0; agent < numAgents; agent++) {
      const open = state.openTargets;
      const end = act(state, agent, typeof action === "number" ? action : action[agent]!);
      if (open !== state.openTargets) credit(state, agent, (open - state.openTargets) * boxReward);
      if (end === fate.alive) continue;
      credit(state, agent, ends[end]!);
      return false;
    }
    return true;
  };

  return (state, action, rng) => {
    if (slip > 0) drawSlips(slips, slip, rng);
    bonus[0] = 0;
    state.info.agentRewards.fill(stepReward);
    if (!actInTurn(state, action)) return terminate(stepReward + bonus[0]);
    if (isWon(state)) {
      for (let agent = 0; agent < numAgents; agent++) state.info.agentRewards[agent]! += goalReward;
      return terminate(stepReward + bonus[0] + goalReward);
    }
    if (state.hazards.length > 0) {
      const caught = moveHazards(world, state, rng);
      if (caught >= 0) {
        credit(state, caught, hazardReward);
        return terminate(stepReward + bonus[0]);
      }
    }
    // Most steps: a number that there is already.
    return bonus[0] === 0 ? proceed(stepReward) : proceed(stepReward + bonus[0]);
  };
}

function turn(world: Surroundings, state: GridState, agent: number, heading: number): void {
  const cell = state.agents[agent]!;
  state.headings[agent] = heading;
  state.occupant[cell] = occupant.agent + 4 * agent + heading;
  world.paint(state, cell);
}

/** One `random` for each agent: below half of `slip` its move goes off to the left, below `slip` to the right. */
function drawSlips(slips: Uint8Array, slip: number, rng: RandomSource): void {
  for (let agent = 0; agent < slips.length; agent++) {
    const u = rng.random();
    slips[agent] = u < slip / 2 ? 3 : u < slip ? 1 : 0;
  }
}

/** Every agent on a goal and a box on every target, of goals and targets that there are. */
function isWon(state: GridState): boolean {
  if (state.openTargets > 0) return false;
  if (!state.hasGoal) return state.hasTarget;
  const { agents, ground: grounds } = state;
  for (let agent = 0; agent < agents.length; agent++) {
    if (grounds[agents[agent]!] !== ground.goal) return false;
  }
  return true;
}
