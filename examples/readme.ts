import { defineEnv, discrete, proceed, register, resolveConfig, terminate, train } from "ludus";

const corridor = defineEnv({
  id: "My/Corridor-v0",
  observationSpace: discrete(10),
  actionSpace: discrete(2),
  maxEpisodeSteps: 50,
  init: (rng) => ({ cell: rng.integers(0, 9) }),
  step(state, action) {
    state.cell = Math.max(0, state.cell + (action === 1 ? 1 : -1));
    return state.cell === 9 ? terminate(1) : proceed(-0.02);
  },
  observe(state, out, offset) {
    out[offset] = state.cell;
  },
});
register(corridor);

const { evalReturnMean } = await train({ config: resolveConfig({ env: "My/Corridor-v0", steps: 5000 }) });
console.log(`mean return: ${evalReturnMean?.toFixed(2)}`);
