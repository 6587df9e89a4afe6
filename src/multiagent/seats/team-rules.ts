import {
  Box,
  box,
  type EnvRules,
  GymnasiumError,
  multiDiscrete,
  type Space,
  type TypedArray,
} from "gymnasium-js";
import type { SimultaneousRules } from "../rules.js";
import { emptyElement } from "../rules-arena.js";
import { type JointState, jointPlay, jointStep, meanOf } from "./joint-play.js";
import { areAlike, boundsOf, mostActions, rangeOf } from "./spaces.js";

/** How the observation of a team lies: what each of its `agents` sees, one after the other, then the state of the arena. */
export interface TeamLayout {
  agents: number;
  /** Of what one agent sees. */
  observationShape: readonly number[];
  /** Numbers of the arena's state; 0 where it has none. */
  stateSize: number;
  /** Of each agent. */
  actions: number;
}

const layouts = new WeakMap<Space<unknown>, TeamLayout>();

/**
 * How the observations of these environments lie.
 * @throws GymnasiumError `unsupported` if they are not made of `teamRules`
 */
export function teamLayoutOf(envs: { readonly singleObservationSpace: Space<unknown> }): TeamLayout {
  const layout = layouts.get(envs.singleObservationSpace);
  if (layout !== undefined) return layout;
  throw new GymnasiumError(
    "unsupported",
    "To learn as a team needs an arena whose agents act at once, and this environment is none.",
  );
}

/**
 * An arena as the environment of a team: one row has what each agent sees (zeros for those that are out) and the state; an action
 * has an entry for each, counted from 0; the reward is the mean of theirs, which is theirs where all are paid the same. Numbers of
 * a Discrete space are one-hot rows.
 *
 * @throws GymnasiumError `unsupported` for agents that see or do different things, or that may not always do everything
 */
export function teamRules<State>(
  rules: SimultaneousRules<State>,
): EnvRules<JointState<State>, unknown, Int32Array> {
  requireTeam(rules);
  const { stateSpace, writeState } = rules;
  const agents = rules.agents.length;
  const view = columnsOf(rules.observationSpace(0));
  const whole = stateSpace === undefined || writeState === undefined ? null : columnsOf(stateSpace);
  const parts = whole === null ? [view] : [view, whole];
  const stateSize = whole?.size ?? 0;
  const observationSpace = box({
    ...boundsOf(parts.map(({ space }) => space)),
    shape: [agents * view.size + stateSize],
    dtype: parts.every(({ space }) => space.dtype === "uint8") ? "uint8" : "float32",
  });
  const actions = mostActions(rules);
  layouts.set(observationSpace, { agents, observationShape: view.space.shape!, stateSize, actions });
  return {
    ...jointPlay(rules),
    observationSpace,
    actionSpace: multiDiscrete(new Array<number>(agents).fill(actions)),
    step: jointStep(rules, meanOf),
    observe({ game, out: isOut }, out, offset) {
      let at = offset;
      for (let agent = 0; agent < agents; agent++, at += view.size) {
        if (isOut[agent] === 1) out.fill(0, at, at + view.size);
        else view.spread(out, at, (into, from) => rules.observe(game, agent, into, from));
      }
      whole?.spread(out, at, (into, from) => writeState!.call(rules, game, into, from));
    },
  };
}

/** @throws GymnasiumError `unsupported` where no team can be made of these agents */
export function requireTeam<State>(rules: SimultaneousRules<State>): void {
  const problem = !areAlike(rules)
    ? "a team needs agents that see and do the same things"
    : rules.actionMask !== undefined
      ? "a team cannot learn where some actions are illegal at times"
      : null;
  if (problem === null) return;
  throw new GymnasiumError("unsupported", `${rules.id}: ${problem}; let its agents learn apart instead.`);
}

/** Elements of a space as numbers of a Box: those of a Discrete space as one-hot rows. */
interface Columns {
  space: Space<unknown>;
  size: number;
  spread(out: TypedArray, offset: number, write: (into: TypedArray, offset: number) => void): void;
}

function columnsOf(space: Space<unknown>): Columns {
  if (space instanceof Box) {
    return { space, size: emptyElement(space).length, spread: (out, offset, write) => write(out, offset) };
  }
  const { n, start } = rangeOf(space);
  const number = new Int32Array(1);
  return {
    space: box({ low: 0, high: 1, shape: [n], dtype: "uint8" }),
    size: n,
    spread(out, offset, write) {
      write(number, 0);
      out.fill(0, offset, offset + n);
      out[offset + number[0]! - start] = 1;
    },
  };
}

/** What one agent of a team sees, as rows of `teamRules` hold it, from what it observes. */
export interface TeamView {
  allocate(): TypedArray;
  writeFrom(observation: TypedArray, out: TypedArray): void;
}

/** @throws GymnasiumError as `teamRules` */
export function teamView<State>(rules: SimultaneousRules<State>): TeamView {
  const { observationSpace } = teamRules(rules);
  const view = columnsOf(rules.observationSpace(0));
  return {
    allocate: () =>
      observationSpace.dtype === "uint8" ? new Uint8Array(view.size) : new Float32Array(view.size),
    writeFrom: (observation, out) =>
      view.spread(out, 0, (into, from) => into.set(observation as never, from)),
  };
}
