import { box, discrete, type RandomSource } from "gymnasium-js";
import type { SimultaneousRules } from "../rules.js";
import { requireCounts, requireLengths } from "./options.js";
import {
  accelerationTo,
  Collisions,
  holdIn,
  Obstacles,
  type Particles,
  thrustAndMove,
  thrustNames,
} from "./particles/particles.js";
import { tagPicture, tagText } from "./particles/pictures.js";
import { Sight } from "./particles/sight.js";
import { scatter, writeAll, writeOwn } from "./particles/views.js";

export interface TagOptions {
  chasers?: number;
  runners?: number;
  obstacles?: number;
  /** Of the square; by default as large as gives each agent the room of one of four in a square of 2. */
  side?: number;
  chaserRadius?: number;
  runnerRadius?: number;
  obstacleRadius?: number;
  /** The most of the chasers, of the runners and of the obstacles that an agent sees: the nearest. */
  near?: number;
  /** What all chasers earn each time one of them touches a runner, which loses as much. */
  touchReward?: number;
  /** What a runner earns for each unit of length to the nearest chaser, and a chaser loses for each to the nearest runner. */
  distanceReward?: number;
}

/** The discs are agents, the chasers first. */
export interface TagState extends Particles {
  chasers: number;
  /** `[obstacles, 2]` their middles. */
  obstacles: Float64Array;
  /** In units of length. */
  obstacleRadius: number;
  /** `[agents]` how many of the other team each has touched in the last step. */
  touches: Int32Array;
  /** `[agents, seen]` indices of the obstacles that each sees, the nearest first; -1 where there are no more. */
  nearObstacles: Int32Array;
  /** `[agents, seen]` the same of other chasers. */
  nearChasers: Int32Array;
  /** `[agents, seen]` the same of other runners. */
  nearRunners: Int32Array;
}

/** Units of length per second; too slow for any two of the usual radii to pass through each other within a step. */
const chaserSpeed = 1;
const runnerSpeed = 1.3;
/** Draws of a place that is clear of obstacles; where none is found, they push the agent out. */
const placeDraws = 20;

/**
 * Chasers hunt runners, who are faster, between round obstacles and walls that hold everybody. All chasers earn for each touch.
 *
 * An agent sees its velocity, where it is (-1 to 1 from edge to edge), and x and y from its middle of the nearest obstacles, of the
 * nearest other chasers, and of the nearest other runners; chasers see those runners' velocities, too.
 *
 * The game is predator-prey in Lowe et al. 2017, https://arxiv.org/abs/1706.02275; motion and walls are not theirs.
 *
 * @throws GymnasiumError `invalid-options` for numbers that make no sense
 */
export function tag({
  chasers = 3,
  runners = 1,
  obstacles = 2,
  side = Math.sqrt(chasers + runners),
  chaserRadius = 0.075,
  runnerRadius = 0.05,
  obstacleRadius = 0.2,
  near = 3,
  touchReward = 10,
  distanceReward = 0,
}: TagOptions = {}): SimultaneousRules<TagState> {
  const id = "Tag-v0";
  requireCounts(id, { chasers, runners }, 1);
  requireCounts(id, { obstacles, near }, 0);
  const largest = Math.max(chaserRadius, runnerRadius);
  requireLengths(id, { chaserRadius, runnerRadius, obstacleRadius });
  requireLengths(id, { "side less two radii": side - 2 * largest });
  const agents = chasers + runners;
  const isChaser = (agent: number): boolean => agent < chasers;
  const obstacleSight = new Sight(side, obstacles, near);
  const chaserSight = new Sight(side, chasers, near);
  const runnerSight = new Sight(side, runners, near);
  const radii = Float64Array.from({ length: agents }, (_, i) => (isChaser(i) ? chaserRadius : runnerRadius));
  const accelerations = radii.map((_, i) => accelerationTo(isChaser(i) ? chaserSpeed : runnerSpeed));
  const collisions = new Collisions(side, radii, (one, other) => isChaser(one) !== isChaser(other));
  const [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const spaceOf = (ownChasers: number, ownRunners: number) => {
    const seenChasers = Math.min(near, chasers - ownChasers);
    const seenRunners = Math.min(near, runners - ownRunners);
    const seen = obstacleSight.most + seenChasers + (1 + ownChasers) * seenRunners;
    return box({ low, high, shape: [4 + 2 * seen] });
  };
  const chaserObservations = spaceOf(1, 0);
  const runnerObservations = spaceOf(0, 1);
  const actions = discrete(thrustNames.length);
  const barriers = new Obstacles(radii, obstacles, obstacleRadius, obstacleSight.grid);
  const nearest = new Int32Array(1);

  const look = (state: TagState): void => {
    const { positions } = state;
    obstacleSight.look(state, state.obstacles, 0, state.nearObstacles);
    chaserSight.look(state, positions, 0, state.nearChasers);
    runnerSight.look(state, positions, chasers, state.nearRunners);
  };

  /** After all have looked. */
  const pay = ({ positions, touches }: TagState, rewards: Float64Array, at: number): void => {
    let touched = 0;
    for (let chaser = 0; chaser < chasers; chaser++) touched += touches[chaser]!;
    for (let agent = 0; agent < agents; agent++) {
      const touch = isChaser(agent) ? touched : -touches[agent]!;
      rewards[at + agent] = touch === 0 ? 0 : touchReward * touch;
      if (distanceReward === 0) continue;
      const foes = isChaser(agent) ? runnerSight : chaserSight;
      nearest[0] = -1;
      foes.grid.nearest(positions, agent, 1, -1, nearest, 0);
      const dx = positions[2 * nearest[0]!]! - positions[2 * agent]!;
      const dy = positions[2 * nearest[0]! + 1]! - positions[2 * agent + 1]!;
      const shaping = distanceReward * Math.sqrt(dx * dx + dy * dy);
      rewards[at + agent]! += isChaser(agent) ? -shaping : shaping;
    }
  };

  /** Draws a place for each agent. */
  const place = (middles: Float64Array, rng: RandomSource): Float64Array => {
    const positions = new Float64Array(2 * agents);
    obstacleSight.grid.fill(middles, 0, obstacles);
    for (let agent = 0; agent < agents; agent++) {
      for (let draw = 0; draw < placeDraws; draw++) {
        positions.set(scatter(1, side, radii[agent]!, rng), 2 * agent);
        if (barriers.isClear(positions, agent)) break;
      }
    }
    return positions;
  };

  return {
    kind: "simultaneous",
    id,
    agents: [
      ...Array.from({ length: chasers }, (_, i) => `chaser_${i}`),
      ...Array.from({ length: runners }, (_, i) => `runner_${i}`),
    ],
    observationSpace: (agent) => (isChaser(agent) ? chaserObservations : runnerObservations),
    actionSpace: () => actions,
    actionNames: () => thrustNames,
    maxCycles: 100,
    init(rng) {
      // Wide enough between obstacles and walls for all to pass.
      const middles = scatter(obstacles, side, obstacleRadius + 2 * largest, rng);
      const state: TagState = {
        side,
        radii,
        positions: place(middles, rng),
        velocities: new Float64Array(2 * agents),
        chasers,
        obstacles: middles,
        obstacleRadius,
        touches: new Int32Array(agents),
        nearObstacles: new Int32Array(agents * obstacleSight.most).fill(-1),
        nearChasers: new Int32Array(agents * chaserSight.most).fill(-1),
        nearRunners: new Int32Array(agents * runnerSight.most).fill(-1),
      };
      look(state);
      return state;
    },
    step(state, chosen, offset, _rng, { rewards, offset: at }) {
      thrustAndMove(state, chosen, offset, accelerations);
      collisions.resolve(state, state.touches);
      barriers.resolve(state, state.obstacles);
      holdIn(state);
      look(state);
      pay(state, rewards, at);
    },
    observe(state, agent, out, offset) {
      const { positions } = state;
      const velocities = isChaser(agent) ? state.velocities : null;
      let at = writeOwn(state, agent, out, offset);
      at = obstacleSight.write(state, agent, state.obstacles, null, state.nearObstacles, out, at);
      at = chaserSight.write(state, agent, positions, null, state.nearChasers, out, at);
      runnerSight.write(state, agent, positions, velocities, state.nearRunners, out, at);
    },
    stateSpace: box({ low, high, shape: [4 * agents + 2 * obstacles] }),
    writeState(state, out, offset) {
      writeAll(state, state.obstacles, out, offset);
    },
    renderAnsi: tagText,
    renderRgb: tagPicture,
  };
}
