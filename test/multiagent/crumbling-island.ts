import { box, discrete } from "gymnasium-js";
import type { SimultaneousRules } from "../../src/multiagent/index.js";

interface IslandState {
  /** 1 where an agent has sunk. */
  sunk: Uint8Array;
  tide: number;
}

/** Agents sink at different moments, some together, by chance and by what they do; spaces differ. Whoever is left at the end wins. */
export function crumblingIsland(count: number): SimultaneousRules<IslandState> {
  const agents = Array.from({ length: count }, (_, i) => `islander_${i}`);
  const observations = agents.map((_, i) =>
    box({ low: 0, high: 100, shape: [1 + (i % 2)], dtype: "float32" }),
  );
  const actions = agents.map((_, i) => discrete(2 + (i % 3), { start: i % 2 }));
  return {
    kind: "simultaneous",
    id: `CrumblingIsland${count}-v0`,
    agents,
    observationSpace: (agent) => observations[agent]!,
    actionSpace: (agent) => actions[agent]!,
    maxCycles: 30,
    init: (rng) => ({ sunk: new Uint8Array(count), tide: rng.integers(0, 3) }),
    step(state, chosen, offset, rng, { rewards, terminations, offset: at }) {
      state.tide++;
      for (let agent = 0; agent < count; agent++) {
        if (terminations[at + agent] === 1) continue;
        rewards[at + agent] = 0.5;
        if (rng.integers(0, 8) > chosen[offset + agent]!) continue;
        state.sunk[agent] = 1;
        rewards[at + agent] = -1;
        terminations[at + agent] = 1;
      }
    },
    observe({ sunk, tide }, agent, out, offset) {
      out[offset] = tide;
      if (agent % 2 === 1) out[offset + 1] = sunk.reduce((sum, gone) => sum + gone, 0);
    },
  };
}
