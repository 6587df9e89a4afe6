import { box, GymnasiumError, type RandomSource, type Space, type TypedArray } from "gymnasium-js";
import type { ArenaOutcome } from "../rules.js";
import { cellAfter, counted, downs, drawCell, rights, stay } from "./commons-grid.js";
import { requireCounts } from "./options.js";

/** What the ground of a cell may be. */
export const terrain = { ground: 0, orchard: 1, river: 2 } as const;
/** The same on a map, letter by letter. */
const letters = ".a~";

/** A grid on which agents walk, face the way that they walk, and eat apples. Cells are numbered row by row. */
export interface CommonsState {
  readonly height: number;
  readonly width: number;
  /** `[height, width]` a value of `terrain`. */
  readonly ground: Uint8Array;
  /** `[height, width]` 1 where an apple is. */
  apples: Uint8Array;
  /** Cells of the agents; -1 while one is away. */
  cells: Int32Array;
  /** Which way each faces: 0 left, 1 right, 2 up, 3 down. */
  facing: Uint8Array;
  /** `[height, width]` which agent is there, -1 for nobody. */
  agentAt: Int16Array;
  /** `[height, width]` 1 where a beam went over in the last step. */
  beams: Uint8Array;
  /** Apples that each has eaten. */
  eaten: Int32Array;
  /** In which agents acted in the last step. */
  order: Int32Array;
}

export interface CommonsOptions {
  /** Rows of letters, parted by spaces or line ends: `a` where apples may grow, `~` river, `.` plain ground. */
  map: string;
  agents: number;
  /** Cells that an agent sees in each direction. */
  sight: number;
  /** Share of an apple's reward that goes to all agents alike; the rest is for who eats it. */
  rewardSharing: number;
}

/** What a game on a commons has of its own. */
export interface CommonsGame<State> {
  readonly id: string;
  /** Planes that it adds to what is seen of a cell. */
  readonly planes: number;
  /** Writes these from `out[at]` on. */
  writeCell(state: State, cell: number, out: TypedArray, at: number): void;
  /** Whether it matters which way agents face. */
  readonly faces: boolean;
}

/** Planes of a view that all games have: beyond the edge, other agents, apples. */
const commonPlanes = 3;

/** What the games on a commons have in common: the map, walking and eating, pay, and what is to be seen. */
export class Commons<State extends CommonsState> {
  readonly names: readonly string[];
  readonly observations: Space<unknown>;
  readonly states: Space<unknown>;
  private readonly height: number;
  private readonly width: number;
  private readonly ground: Uint8Array;
  /** Planes of a view, and of the state. */
  private readonly seen: number;
  private readonly written: number;

  /** @throws GymnasiumError `invalid-options` for a map that is none or has no room, and for numbers out of range */
  constructor(
    private readonly options: CommonsOptions,
    private readonly game: CommonsGame<State>,
  ) {
    const { agents, sight, map } = options;
    const rows = map.trim().split(/\s+/);
    [this.height, this.width] = [rows.length, rows[0]!.length];
    this.ground = Uint8Array.from(rows.join(""), (letter) => letters.indexOf(letter));
    requireCounts(game.id, { agents, sight }, 1);
    this.requireMap(rows);
    this.requireShare();
    this.names = Array.from({ length: agents }, (_, i) => `agent_${i}`);
    this.seen = commonPlanes + game.planes + (game.faces ? 1 : 0);
    this.written = agents + 1 + game.planes;
    const side = 2 * sight + 1;
    this.observations = box({ low: 0, high: 1, shape: [side, side, this.seen], dtype: "uint8" });
    const whole = [this.height, this.width, this.written];
    this.states = box({ low: 0, high: game.faces ? stay : 1, shape: whole, dtype: "uint8" });
  }

  /** In order. */
  cellsOf(kind: number): Int32Array {
    return Int32Array.from(this.ground.keys()).filter((cell) => this.ground[cell] === kind);
  }

  /** Everybody somewhere outside the orchard, and no apples yet. */
  begin(rng: RandomSource): CommonsState {
    const { height, width, ground } = this;
    const { agents } = this.options;
    const state: CommonsState = {
      ...{ height, width, ground },
      apples: new Uint8Array(ground.length),
      cells: new Int32Array(agents).fill(-1),
      facing: new Uint8Array(agents),
      agentAt: new Int16Array(ground.length).fill(-1),
      beams: new Uint8Array(ground.length),
      eaten: new Int32Array(agents),
      order: counted(agents),
    };
    for (let agent = 0; agent < agents; agent++) this.enter(state, agent, rng);
    return state;
  }

  /** Puts an agent that is away somewhere outside the orchard. */
  enter(state: CommonsState, agent: number, rng: RandomSource): void {
    const { ground, agentAt, cells, facing } = state;
    const isFree = (cell: number) => ground[cell] !== terrain.orchard && agentAt[cell]! < 0;
    const cell = drawCell(ground.length, rng, isFree);
    cells[agent] = cell;
    agentAt[cell] = agent;
    facing[agent] = rng.integers(0, stay);
  }

  /** Turns an agent where it moves, and moves it there if nobody is. @returns whether it ate an apple */
  walk(state: State, agent: number, move: number): boolean {
    const { cells, agentAt, apples, facing, eaten } = state;
    if (move === stay) return false;
    facing[agent] = move;
    const next = cellAfter(state, cells[agent]!, move);
    if (next < 0 || agentAt[next]! >= 0) return false;
    agentAt[cells[agent]!] = -1;
    agentAt[next] = agent;
    cells[agent] = next;
    if (apples[next] === 0) return false;
    apples[next] = 0;
    eaten[agent]!++;
    return true;
  }

  /** Pays for an apple that an agent has eaten. */
  pay({ rewards, offset }: ArenaOutcome, eater: number): void {
    const { agents, rewardSharing } = this.options;
    for (let agent = 0; agent < agents; agent++) rewards[offset + agent]! += rewardSharing / agents;
    rewards[offset + eater]! += 1 - rewardSharing;
  }

  /** The cells around an agent, north up, and in a last plane the one that it faces; nothing while it is away. */
  writeView(state: State, agent: number, out: TypedArray, offset: number): void {
    const { height, width, options, game, seen } = this;
    const { cells, agentAt, apples } = state;
    const side = 2 * options.sight + 1;
    out.fill(0, offset, offset + side * side * seen);
    const own = cells[agent]!;
    if (own < 0) return;
    const top = Math.floor(own / width) - options.sight;
    const left = (own % width) - options.sight;
    for (let i = 0; i < side * side; i++) {
      const row = top + Math.floor(i / side);
      const column = left + (i % side);
      const at = offset + i * seen;
      if (row < 0 || row >= height || column < 0 || column >= width) {
        out[at] = 1;
        continue;
      }
      const cell = row * width + column;
      out[at + 1] = agentAt[cell]! >= 0 && cell !== own ? 1 : 0;
      out[at + 2] = apples[cell]!;
      game.writeCell(state, cell, out, at + commonPlanes);
    }
    if (!game.faces) return;
    const move = state.facing[agent]!;
    const ahead = (options.sight + downs[move]!) * side + options.sight + rights[move]!;
    out[offset + (ahead + 1) * seen - 1] = 1;
  }

  /** A plane for each agent, with 1 to 4 where it is by the way that it faces, if that matters; apples; the game's own. */
  writeState(state: State, out: TypedArray, offset: number): void {
    const { game, written } = this;
    const { cells, facing, apples } = state;
    const { agents } = this.options;
    out.fill(0, offset, offset + apples.length * written);
    for (let agent = 0; agent < agents; agent++) {
      const cell = cells[agent]!;
      if (cell >= 0) out[offset + cell * written + agent] = 1 + (game.faces ? facing[agent]! : 0);
    }
    for (let cell = 0; cell < apples.length; cell++) {
      const at = offset + cell * written + agents;
      out[at] = apples[cell]!;
      game.writeCell(state, cell, out, at + 1);
    }
  }

  private requireShare(): void {
    const { rewardSharing } = this.options;
    if (rewardSharing >= 0 && rewardSharing <= 1) return;
    throw new GymnasiumError(
      "invalid-options",
      `${this.game.id}: rewardSharing is ${rewardSharing}, expected a share from 0 to 1.`,
    );
  }

  private requireMap(rows: readonly string[]): void {
    const { game, ground, width } = this;
    const room = ground.filter((kind) => kind !== terrain.orchard).length;
    const isRectangle = rows.every((row) => row.length === width && /^[.a~]+$/.test(row));
    if (isRectangle && room >= this.options.agents) return;
    throw new GymnasiumError(
      "invalid-options",
      isRectangle
        ? `${game.id}: the map has room for ${room} agents outside the orchard, and there are ${this.options.agents}.`
        : `${game.id}: a map has rows of the same length of the letters ${[...letters].join(" ")}, not ${rows.join(" ")}.`,
    );
  }
}
