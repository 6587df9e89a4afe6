import { Container } from "pixi.js";
import type { GridState, GridworldRules } from "../../../../src/envs/index.js";
import { statesOf } from "../glide.js";
import type { Rules, Scene, Shown, Size } from "../scene.js";
import { Board } from "./board.js";

/** A gridworld: the tiles of its map, and on them boxes, hazards and agents; what agents do not see lies in the dark. */
export class GridworldScene implements Scene {
  readonly root = new Container();
  private readonly rules: GridworldRules;
  private board: Board | null = null;

  constructor(rules: Rules) {
    this.rules = rules as unknown as GridworldRules;
  }

  get observed(): Scene["observed"] {
    return this.rules.options.view === "partial" ? "part" : "whole";
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
    this.board.show(from, to, share);
  }
}
