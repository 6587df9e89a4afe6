import type { EnvRules } from "gymnasium-js";
import type { Container } from "pixi.js";
import type { Frame } from "../../../src/viewer/protocol.js";

/** What is drawn of a step: its state, or the picture of one that no scene can draw. */
export type Shown = Pick<Frame, "state" | "picture">;

/** Rules of an environment of whatever state. */
export type Rules = EnvRules<unknown, unknown, unknown>;

export interface Size {
  width: number;
  height: number;
}

/** An oblong on a board, in units of the scene. */
export interface Place extends Size {
  x: number;
  y: number;
}

/** What an observation shows of a board. */
export interface Field extends Place {
  /** By how many quarters it is turned clockwise, about its middle; 0 by default. */
  quarters?: number;
}

/** Draws one environment, in a square or oblong of its own units that the stage fits into the window. */
export interface Scene {
  readonly root: Container;
  /** In units of the scene. */
  readonly size: Size;
  /** Whether observations show the whole board, place by place, which is the default, or a part of it. */
  readonly observed?: "whole" | "part";
  /** Where on the board that is, as last drawn; all of it by default, and of a part nowhere. May reach beyond the board. */
  readonly field?: Field;
  /** Milliseconds that a step takes to be followed by eye, where the next one leaves as much; `longestGlide` by default. */
  readonly glide?: number;
  /** Where a person may point to choose an action, in the order of the actions. */
  readonly targets?: readonly Place[];
  /**
   * @param before what was shown last, to move on from; null where the play jumped
   * @param share how far it has moved on, 0 to 1
   */
  draw(before: Shown | null, now: Shown, share: number): void;
  /** Shows what an action would do that a person points at; null for none. */
  point?(action: number | null): void;
  /**
   * Of environments with numbered states on a grid: the corner of the unit square where a state is to be found on the board
   * as it stands; null where it shows no such state.
   */
  cellOf?(state: number, now: Shown): { x: number; y: number } | null;
}
