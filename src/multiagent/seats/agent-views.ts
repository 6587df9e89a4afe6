import { box, type Dtype, discrete, type Space, type TypedArray } from "gymnasium-js";
import type { ArenaRules } from "../rules.js";
import { emptyElement } from "../rules-arena.js";
import { areSame, boundsOf, rangeOf } from "./spaces.js";

/** What each agent of an arena sees, brought to one space, so that one net can see for all of them. */
export interface AgentViews<State> {
  readonly space: Space<unknown>;
  /** Numbers of a view. */
  readonly size: number;
  write(state: State, agent: number, out: TypedArray, offset: number): void;
  /** Zeros for so many views; one by default. */
  allocate(rows?: number): TypedArray;
  /** The same from what the agent observes, as its own space has it. */
  writeFrom(observation: ArrayLike<number>, agent: number, out: TypedArray, offset: number): void;
}

/**
 * Where agents see different things, views are flat and as long as the longest, with zeros at the end. With ids, images `[height,
 * width, channels]` have one more channel per agent, full of ones in the agent's own; other arrays are flat with a one-hot id at
 * their end; and numbers of a Discrete space of n are counted on from `agent * n`.
 *
 * @param agentIds whether a view says whose it is
 */
export function agentViews<State>(rules: ArenaRules<State>, agentIds: boolean): AgentViews<State> {
  const spaces = rules.agents.map((_, agent) => rules.observationSpace(agent));
  const [first] = spaces as [Space<unknown>];
  const ids = agentIds ? spaces.length : 0;
  if (!areSame(spaces)) return flatViews(rules, spaces, ids);
  if (ids === 0) return plainViews(rules, first);
  if (first.type === "Discrete") return numberedViews(rules, first);
  return first.shape?.length === 3 ? imageViews(rules, first) : flatViews(rules, spaces, ids);
}

function plainViews<State>(rules: ArenaRules<State>, space: Space<unknown>): AgentViews<State> {
  return {
    space,
    size: emptyElement(space).length,
    allocate: (rows) => emptyElement(space, rows),
    write: (state, agent, out, offset) => rules.observe(state, agent, out, offset),
    writeFrom: (observation, _agent, out, offset) => out.set(observation, offset),
  };
}

function numberedViews<State>(rules: ArenaRules<State>, space: Space<unknown>): AgentViews<State> {
  const { n, start } = rangeOf(space);
  return {
    space: discrete(n * rules.agents.length),
    size: 1,
    allocate: (rows = 1) => new Int32Array(rows),
    write(state, agent, out, offset) {
      rules.observe(state, agent, out, offset);
      out[offset] = out[offset]! - start + agent * n;
    },
    writeFrom(observation, agent, out, offset) {
      out[offset] = observation[0]! - start + agent * n;
    },
  };
}

function flatViews<State>(
  rules: ArenaRules<State>,
  spaces: readonly Space<unknown>[],
  ids: number,
): AgentViews<State> {
  const sizes = spaces.map((space) => emptyElement(space).length);
  const longest = Math.max(...sizes);
  const size = longest + ids;
  const dtypes = new Set(spaces.map(({ dtype }) => dtype));
  const finish = (agent: number, out: TypedArray, offset: number): void => {
    out.fill(0, offset + sizes[agent]!, offset + size);
    if (ids > 0) out[offset + longest + agent] = 1;
  };
  const space = box({
    ...withOne(boundsOf(spaces)),
    shape: [size],
    dtype: dtypes.size === 1 && spaces[0]!.type === "Box" ? (spaces[0]!.dtype as Dtype) : "float32",
  });
  return {
    space,
    size,
    allocate: (rows) => emptyElement(space, rows),
    write(state, agent, out, offset) {
      rules.observe(state, agent, out, offset);
      finish(agent, out, offset);
    },
    writeFrom(observation, agent, out, offset) {
      out.set(observation, offset);
      finish(agent, out, offset);
    },
  };
}

function imageViews<State>(rules: ArenaRules<State>, space: Space<unknown>): AgentViews<State> {
  const [height, width, channels] = space.shape as [number, number, number];
  const ids = rules.agents.length;
  const image = emptyElement(space);
  const writeFrom: AgentViews<State>["writeFrom"] = (observation, agent, out, offset) => {
    let to = offset;
    for (let from = 0; from < image.length; ) {
      for (let channel = 0; channel < channels; channel++) out[to++] = observation[from++]!;
      for (let id = 0; id < ids; id++) out[to++] = id === agent ? 1 : 0;
    }
  };
  const marked = box({
    ...withOne(boundsOf([space])),
    shape: [height, width, channels + ids],
    dtype: space.dtype as Dtype,
  });
  return {
    space: marked,
    allocate: (rows) => emptyElement(marked, rows),
    size: height * width * (channels + ids),
    write(state, agent, out, offset) {
      rules.observe(state, agent, image, 0);
      writeFrom(image, agent, out, offset);
    },
    writeFrom,
  };
}

/** Ids are ones. */
function withOne({ low, high }: { low: number; high: number }): { low: number; high: number } {
  return { low, high: Math.max(high, 1) };
}
