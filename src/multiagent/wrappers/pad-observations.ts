import { type Discrete, discrete, type Space } from "gymnasium-js";
import type { Arena } from "../arena.js";
import { throughViews, type Wrapped } from "./agent-view.js";
import { padBoxes } from "./padding.js";

/**
 * Gives all agents one observation space: Boxes as long, in every dimension, as the longest, with zeros at the end; or a Discrete
 * space that has all numbers of theirs. Source: SuperSuit's `pad_observations_v0`.
 *
 * @throws GymnasiumError `invalid-options` unless all are Discrete, or Boxes of one dtype and as many dimensions
 */
export function padObservations<Inner extends Arena>(arena: Inner): Wrapped<Inner> {
  const agents = arena.possibleAgents;
  const spaces = agents.map((agent) => arena.observationSpace(agent));
  if (spaces.every(({ type }) => type === "Discrete")) {
    const observationSpace = union(spaces as Discrete[]);
    return throughViews(arena, "padObservations", () => ({ observationSpace }));
  }
  const { space, pad } = padBoxes(spaces, `padObservations: ${arena.id}`);
  return throughViews(arena, "padObservations", (agent) => ({
    observationSpace: space,
    observe: (observation) => pad(observation, agents.indexOf(agent)),
  }));
}

function union(spaces: readonly Discrete[]): Space<number> {
  const start = Math.min(...spaces.map((space) => space.start));
  return discrete(Math.max(...spaces.map((space) => space.start + space.n)) - start, { start });
}
