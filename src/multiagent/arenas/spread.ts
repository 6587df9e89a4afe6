import { box, discrete } from "gymnasium-js";
import type { SimultaneousRules } from "../rules.js";
import { requireCounts, requireLengths } from "./options.js";
import {
  accelerationTo,
  Collisions,
  holdIn,
  type Particles,
  thrustAndMove,
  thrustNames,
} from "./particles/particles.js";
import { spreadPicture, spreadText } from "./particles/pictures.js";
import { Sight } from "./particles/sight.js";
import { scatter, writeAll, writeOwn } from "./particles/views.js";

export interface SpreadOptions {
  agents?: number;
  /** As many as there are agents by default. */
  landmarks?: number;
  /** Of the square; by default as large as gives each agent the room of one of three in a square of 2. */
  side?: number;
  agentRadius?: number;
  /** The most landmarks that an agent sees: the nearest. */
  nearLandmarks?: number;
  /** The most others that an agent sees: the nearest. */
  nearAgents?: number;
  /** For each other that an agent touches. */
  collisionReward?: number;
}

/** The discs are agents. */
export interface SpreadState extends Particles {
  /** `[landmarks, 2]` */
  landmarks: Float64Array;
  /** `[agents]` how many others each has touched in the last step. */
  touches: Int32Array;
  /** `[landmarks]` the agent that is nearest to each; -1 before the first step. */
  nearest: Int32Array;
  /** `[agents, seen]` indices of the landmarks that each sees, the nearest first. */
  nearLandmarks: Int32Array;
  /** `[agents, seen]` indices of the others that each sees, the nearest first. */
  nearAgents: Int32Array;
}

/** Units of length per second; too slow for two of the usual radius to pass through each other within a step. */
const topSpeed = 1.2;

/**
 * Agents in a square are to cover all landmarks, and not to run into each other. All earn the same, minus the distances from each
 * landmark to the agent that is nearest to it, and each for its own collisions.
 *
 * An agent sees its velocity, where it is (-1 to 1 from edge to edge), the nearest landmarks (x and y from its middle), and the
 * nearest others (the same, and their velocities).
 *
 * The game is cooperative navigation, Lowe et al. 2017, https://arxiv.org/abs/1706.02275; motion and walls are not theirs.
 *
 * @throws GymnasiumError `invalid-options` for numbers that make no sense
 */
export function spread({
  agents = 3,
  landmarks = agents,
  side = 2 * Math.sqrt(agents / 3),
  agentRadius = 0.15,
  nearLandmarks = 3,
  nearAgents = 2,
  collisionReward = -1,
}: SpreadOptions = {}): SimultaneousRules<SpreadState> {
  const id = "Spread-v0";
  requireCounts(id, { agents, landmarks }, 1);
  requireCounts(id, { nearLandmarks, nearAgents }, 0);
  requireLengths(id, { agentRadius, "side less two radii": side - 2 * agentRadius });
  const landmarkSight = new Sight(side, landmarks, nearLandmarks);
  const agentSight = new Sight(side, agents, Math.min(nearAgents, agents - 1));
  const [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const observations = box({ low, high, shape: [4 + 2 * landmarkSight.most + 4 * agentSight.most] });
  const actions = discrete(thrustNames.length);
  const radii = new Float64Array(agents).fill(agentRadius);
  const accelerations = new Float64Array(agents).fill(accelerationTo(topSpeed));
  const collisions = new Collisions(side, radii, () => true);

  const look = (state: SpreadState): void => {
    landmarkSight.look(state, state.landmarks, 0, state.nearLandmarks);
    agentSight.look(state, state.positions, 0, state.nearAgents);
  };

  /** After all have looked. */
  const pay = (state: SpreadState, rewards: Float64Array, at: number): void => {
    const { landmarks: points, positions, nearest, touches } = state;
    let left = 0;
    for (let i = 0; i < landmarks; i++) {
      agentSight.grid.nearest(points, i, 1, -1, nearest, i);
      const dx = positions[2 * nearest[i]!]! - points[2 * i]!;
      const dy = positions[2 * nearest[i]! + 1]! - points[2 * i + 1]!;
      left += Math.sqrt(dx * dx + dy * dy);
    }
    for (let agent = 0; agent < agents; agent++) {
      rewards[at + agent] = collisionReward * touches[agent]! - left;
    }
  };

  return {
    kind: "simultaneous",
    id,
    agents: Array.from({ length: agents }, (_, i) => `agent_${i}`),
    observationSpace: () => observations,
    actionSpace: () => actions,
    actionNames: () => thrustNames,
    maxCycles: 25,
    init(rng) {
      const state: SpreadState = {
        side,
        radii,
        positions: scatter(agents, side, agentRadius, rng),
        velocities: new Float64Array(2 * agents),
        landmarks: scatter(landmarks, side, agentRadius, rng),
        touches: new Int32Array(agents),
        nearest: new Int32Array(landmarks).fill(-1),
        nearLandmarks: new Int32Array(agents * landmarkSight.most).fill(-1),
        nearAgents: new Int32Array(agents * agentSight.most).fill(-1),
      };
      look(state);
      return state;
    },
    step(state, chosen, offset, _rng, { rewards, offset: at }) {
      thrustAndMove(state, chosen, offset, accelerations);
      collisions.resolve(state, state.touches);
      holdIn(state);
      look(state);
      pay(state, rewards, at);
    },
    observe(state, agent, out, offset) {
      let at = writeOwn(state, agent, out, offset);
      at = landmarkSight.write(state, agent, state.landmarks, null, state.nearLandmarks, out, at);
      agentSight.write(state, agent, state.positions, state.velocities, state.nearAgents, out, at);
    },
    stateSpace: box({ low, high, shape: [4 * agents + 2 * landmarks] }),
    writeState(state, out, offset) {
      writeAll(state, state.landmarks, out, offset);
    },
    renderAnsi: spreadText,
    renderRgb: spreadPicture,
  };
}
