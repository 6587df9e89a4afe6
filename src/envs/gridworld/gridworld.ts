import { box, defineEnv, discrete, type EnvDefinition, type EnvRules, multiDiscrete } from "gymnasium-js";
import { invalid } from "../kwargs.js";
import { gridworldPicture, gridworldText, pictureTile } from "../rendering/gridworld.js";
import { channelsOf } from "./channels.js";
import { directions } from "./legend.js";
import { generatedLevels, type Level, type Levels, levelOfMap, type MapGenerator } from "./levels.js";
import { type Grid, type GridMap, neighbourTable } from "./map.js";
import type { Surroundings } from "./movement.js";
import { type GridworldKwargs, type GridworldOptions, readOptions } from "./options.js";
import { pixelSprites, type Sprites, symbolicSprites } from "./sprites.js";
import { type GridState, newState, resetState, scatterAgents } from "./state.js";
import { stepRules } from "./turn.js";
import { fullView, partialView, type View } from "./views.js";

/** A gridworld to be: a map or a generator of maps, and how the task differs from the defaults. */
export interface GridworldTask {
  /** `[namespace/]name[-vN]`. */
  readonly id: string;
  readonly map?: GridMap;
  readonly generator?: MapGenerator;
  readonly defaults?: Omit<GridworldKwargs, "map">;
  /** Time limit in steps. */
  readonly maxEpisodeSteps?: number;
  readonly rewardThreshold?: number;
}

/** The rules, with what a reader of observations and a planner need. */
export interface GridworldRules extends EnvRules<GridState, Uint8Array, number | Int32Array> {
  /** What the last axis of a symbolic observation says, in order; empty for pixels. */
  readonly channels: readonly string[];
  readonly options: GridworldOptions;
  /** Whether every episode has the same map. */
  readonly fixedMap: boolean;
}

/**
 * A gridworld. Agents act one after the other, in the order of their letters on the map; then the hazards move.
 *
 * - Moving takes keys, opens doors whose key the team holds, pushes a box, slides over ice, goes through teleports and
 *   one-way tiles; whatever bars the way leaves the agent where it is. See docs/gridworlds.md for the legend.
 * - The episode is won when every agent stands on a goal and every target has a box, of those that the map has. It is
 *   lost when any agent enters lava or a decoy, or touches a hazard.
 * - One agent has Discrete actions, several a MultiDiscrete with one action each, of all at once. The reward is the
 *   team's; with several agents `info.agentRewards` has each one's share.
 * - Draws: which of several maps (see `generatedLevels`); with `randomStart`, one `integers` per agent (two if they turn);
 *   in each step, with `slip`, first one `random` per agent, and last one `integers(0, 4)` per random walker.
 *
 * Symbolic observations are uint8 planes of 0 and 1, `[rows, columns, channels]`, as in MinAtar: nets need no
 * embedding. Several agents share the full view; partial views are stacked, `[agents, viewSize, viewSize, channels]`.
 *
 * @throws GymnasiumError `invalid-options` for a map or keywords that cannot be
 */
export function gridworldRules(task: GridworldTask, kwargs: GridworldKwargs = {}): GridworldRules {
  const options = readOptions(task.id, kwargs, task.defaults ?? {});
  const levels = levelsOf(task, options);
  const { grid } = levels.first;
  const numAgents = grid.agents.length;
  const turns = options.actions === "turns";
  const { view, channels } = viewOf(options, grid, levels.letters);
  const world: Surroundings = { neighbours: neighbourTable(grid.rows, grid.columns), paint: view.paint };
  const tiles = pixelSprites(pictureTile(grid.rows, grid.columns), numAgents, turns);
  const names = actionNames[options.actions];
  if (options.randomStart && grid.startCells.length < numAgents) {
    throw invalid(`${task.id}: the map has too little bare floor for a random start.`);
  }

  return {
    id: task.id,
    channels,
    options,
    fixedMap: levels.fixed,
    observationSpace: box({
      low: 0,
      high: options.observation === "pixels" ? 255 : 1,
      shape: [...view.shape],
      dtype: "uint8",
    }),
    actionSpace:
      numAgents === 1
        ? discrete(names.length)
        : multiDiscrete(new Array<number>(numAgents).fill(names.length)),
    ...(numAgents === 1 && { actionNames: names }),
    ...(task.maxEpisodeSteps !== undefined && { maxEpisodeSteps: task.maxEpisodeSteps }),
    ...(task.rewardThreshold !== undefined && { rewardThreshold: task.rewardThreshold }),
    init(rng, _options, previous) {
      const level = levels.next(rng);
      const state = previous ?? newState(level.grid, view.pictureSize);
      if (previous !== null) resetState(state, level.grid);
      showStart(view, level, state);
      if (options.randomStart) {
        scatterAgents(state, level.grid.startCells, turns, rng);
        for (const cell of level.grid.agents) view.paint(state, cell);
        for (const cell of state.agents) view.paint(state, cell);
      }
      return state;
    },
    step: stepRules(world, options, numAgents),
    observe: view.observe,
    ...(numAgents > 1 && { info: (state: GridState) => state.info }),
    renderAnsi: (state) => gridworldText(state, grid.columns, names, turns),
    renderRgb: (state) => gridworldPicture(state, grid.columns, tiles),
  };
}

/**
 * Defines a gridworld of your own, to `register` or to make from.
 *
 * @example
 * const crossing = defineGridworld({ id: "Crossing-v0", map: ["A.L.G", "..L..", "....."], maxEpisodeSteps: 50 });
 * const env = crossing.make({ view: "partial", viewSize: 3 });
 */
export function defineGridworld(task: GridworldTask): EnvDefinition<
  GridState,
  Uint8Array,
  number | Int32Array,
  GridworldKwargs
> & {
  rules(kwargs?: GridworldKwargs): GridworldRules;
} {
  return defineEnv(task.id, (kwargs: GridworldKwargs) => gridworldRules(task, kwargs)) as EnvDefinition<
    GridState,
    Uint8Array,
    number | Int32Array,
    GridworldKwargs
  > & { rules(kwargs?: GridworldKwargs): GridworldRules };
}

const actionNames = {
  moves: directions,
  "moves+stay": [...directions, "stay"],
  turns: ["turn left", "turn right", "forward"],
} as const;

/** Paints a level before anything has moved: from the level's own picture, unless those would take too much memory. */
function showStart(view: View, level: Level, state: GridState): void {
  if (level.picture !== null) {
    state.picture.set(level.picture);
    return;
  }
  view.paintAll(state);
  if (view.pictureSize <= largestKeptPicture) level.picture = state.picture.slice();
}

/** In bytes; there may be hundreds of them. */
const largestKeptPicture = 8192;

function levelsOf(task: GridworldTask, options: GridworldOptions): Levels {
  const map = options.map ?? task.map ?? null;
  if (map !== null) return levelOfMap(map);
  const { id, generator } = task;
  if (generator === undefined) throw invalid(`${id} has neither a map nor a generator; give one of them.`);
  return generatedLevels(id, generator, options);
}

function viewOf(options: GridworldOptions, grid: Grid, letters: string): { view: View; channels: string[] } {
  const { view, viewSize, observation, tileSize, seeThroughWalls } = options;
  const [numAgents, turns, partial] = [grid.agents.length, options.actions === "turns", view === "partial"];
  const hides = partial && !seeThroughWalls;
  // Who sees only what lies round them sees themselves look up.
  const headings = turns && !(partial && numAgents === 1);
  const channels = channelsOf({ letters, numAgents, headings, turned: partial && turns });
  const sprites: Sprites =
    observation === "pixels"
      ? pixelSprites(tileSize, numAgents, turns)
      : symbolicSprites(channels, numAgents, hides);
  const { rows, columns } = grid;
  return {
    view: partial
      ? partialView({ rows, columns, viewSize, turns, seeThroughWalls, numAgents }, sprites)
      : fullView(rows, columns, sprites),
    channels:
      observation === "pixels" ? [] : [...channels.map(({ name }) => name), ...(hides ? ["hidden"] : [])],
  };
}
