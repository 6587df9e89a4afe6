import type { RgbFrame } from "gymnasium-js";
import { Container, Graphics } from "pixi.js";
import { ground, isPatrol, occupant } from "../../../../src/envs/gridworld/legend.js";
import type { GridState, GridworldRules } from "../../../../src/envs/index.js";
import { Artwork, Drawing } from "../artwork.js";
import { perTile, tile } from "../figures.js";
import { cellAt, turnBetween } from "../glide.js";
import type { Size } from "../scene.js";
import { Agent, boxes, type Figure, patrol, wanderer } from "./figures.js";
import { groundTile } from "./ground.js";
import { boxMoves, columnsOf, placeBetween } from "./motion.js";
import { Shade } from "./shade.js";

const quarter = Math.PI / 2;

/** A map of one size, with so many agents and hazards. */
export class Board extends Container {
  readonly size: Size;
  private readonly columns: number;
  private readonly ground: Artwork;
  private readonly tiles: Graphics[];
  private readonly crates = new Container<Drawing>();
  private readonly hazards: Figure[];
  private readonly agents: Agent[];
  /** Null where agents see everything. */
  private readonly shade: Shade | null;
  private target: GridState | null = null;
  private share = 1;
  private moves: [from: number, to: number][] = [];

  constructor(rules: GridworldRules, state: GridState) {
    super();
    const { options } = rules;
    const numCells = state.ground.length;
    this.columns = columnsOf(numCells, rules.renderRgb!(state) as RgbFrame);
    this.size = { width: this.columns, height: numCells / this.columns };
    this.tiles = Array.from(state.ground, (code, cell) => {
      const { x, y } = cellAt(cell, this.columns);
      return new Graphics({ context: groundTile(code), x: x * tile, y: y * tile });
    });
    const map = new Container();
    map.addChild(...this.tiles);
    this.ground = new Artwork(map);
    this.hazards = Array.from(state.hazards, (cell) =>
      isPatrol(state.occupant[cell]!) ? patrol() : wanderer(),
    );
    this.agents = Array.from(state.agents, (_, agent) => new Agent(agent, options.actions === "turns"));
    this.shade = options.view === "partial" ? new Shade(options, this.size) : null;
    const board = new Drawing(this.ground);
    for (const each of [board, ...this.hazards, ...this.agents]) each.scale.set(perTile);
    this.addChild(
      board,
      this.crates,
      ...this.hazards,
      ...(this.shade === null ? [] : [this.shade]),
      ...this.agents,
    );
  }

  /** @param share how far it is from one state to the other */
  show(from: GridState, to: GridState, share: number): void {
    if (to !== this.target) this.aim(from, to);
    else if (share === this.share) return;
    this.target = to;
    this.share = share;
    // What has just begun does not come from anywhere.
    const at = to.lastActions[0] === -1 ? 1 : share;
    const put = (thing: Container, move: readonly [number, number]): void => {
      const { x, y } = placeBetween(from, move, { columns: this.columns, share: at });
      thing.position.set(x + 0.5, y + 0.5);
    };
    this.agents.forEach((agent, i) => {
      put(agent, [from.agents[i]!, to.agents[i]!]);
      agent.face(turnBetween(from.headings[i]! * quarter, to.headings[i]! * quarter, at));
    });
    this.hazards.forEach((hazard, i) => {
      put(hazard, [from.hazards[i]!, to.hazards[i]!]);
      hazard.face(turnBetween(patrolAngle(from, i), patrolAngle(to, i), at));
    });
    this.moves.forEach((move, i) => {
      put(this.crates.children[i]!, move);
    });
    this.shade?.lift(at);
  }

  /** What is the same all the way. */
  private aim(from: GridState, to: GridState): void {
    this.layGround(to);
    for (const agent of this.agents) agent.hold(to.held);
    this.moves = boxMoves(from, to, this.columns);
    while (this.crates.children.length < this.moves.length) {
      this.crates.addChild(new Drawing(boxes.plain)).scale.set(perTile);
    }
    this.moves.forEach(([, cell], i) => {
      const isHome = to.ground[cell] === ground.target;
      this.crates.children[i]!.artwork = isHome ? boxes.onTarget : boxes.plain;
    });
    this.shade?.aim(from, to);
  }

  private layGround({ ground: grounds }: GridState): void {
    let changes = false;
    this.tiles.forEach((each, cell) => {
      const context = groundTile(grounds[cell]!);
      changes ||= each.context !== context;
      each.context = context;
    });
    if (changes) this.ground.redraw();
  }
}

/** Where a hazard on patrol goes, rad, clockwise from up. */
function patrolAngle({ occupant: occupants, hazards }: GridState, hazard: number): number {
  return (occupants[hazards[hazard]!]! - occupant.patrol) * quarter;
}
