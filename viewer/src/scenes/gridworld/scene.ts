import { Container } from "pixi.js";
import type { GridState, GridworldRules } from "../../../../src/envs/index.js";
import { cellAt, statesOf } from "../glide.js";
import type { Rules, Scene, Shown, Size } from "../scene.js";
import { Board } from "./board.js";
import { viewField } from "./view-field.js";

/** A gridworld: the tiles of its map, and on them boxes, hazards and agents; what agents do not see lies in the dark. */
export class GridworldScene implements Scene {
  readonly root = new Container();
  private readonly rules: GridworldRules;
  private board: Board | null = null;
  private state: GridState | null = null;

  constructor(rules: Rules) {
    this.rules = rules as unknown as GridworldRules;
  }

  get observed(): Scene["observed"] {
    return this.rules.options.view === "partial" ? "part" : "whole";
  }

  /** Of the view of one agent; several have views of their own. */
  get field(): Scene["field"] {
    const { view, viewSize, actions } = this.rules.options;
    if (view !== "partial" || this.state?.agents.length !== 1) return undefined;
    const [cell, heading] = [this.state.agents[0]!, this.state.headings[0]!];
    return viewField(cellAt(cell, this.size.width), heading, { viewSize, turns: actions === "turns" });
  }

  get size(): Size {
    return this.board?.size ?? { width: 1, height: 1 };
  }

  draw(before: Shown | null, now: Shown, share: number): void {
    const [from, to] = statesOf<GridState>(before, now);
    if (this.board === null) {
      this.board = new Board(this.rules, to);
      this.root.addChild(this.board);
    }
    this.state = to;
    this.board.show(from, to, share);
  }
}
