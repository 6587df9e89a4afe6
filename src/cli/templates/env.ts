import type { EnvNames } from "./names.js";

/** The source of a new environment: complete, commented, and learnt within some thousand steps. */
export function envTemplate({ file, variable, type, id }: EnvNames): string {
  return `/**
 * ${id}: walk over a small field to the goal, which lies somewhere else in each episode.
 *
 * Check it:  ludus check-env ./${file}.ts
 * Train it:  ludus train ./${file}.ts --steps 5000
 * Watch it:  ludus watch last --terminal
 */
import { box, defineEnv, discrete, proceed, terminate } from "gymnasium-js";

/** Cells of the field on each side. */
const size = 4;

const actionNames = ["left", "right", "up", "down"];

/**
 * All that an episode depends on, as plain data: numbers, strings, booleans, typed arrays, and arrays and objects of
 * these. It is what a checkpoint saves.
 */
interface ${type}State {
  x: number;
  y: number;
  goalX: number;
  goalY: number;
}

export const ${variable} = defineEnv({
  id: "${id}",
  // What the agent sees: four numbers, each from 0 to 1.
  observationSpace: box({ low: 0, high: 1, shape: [4], dtype: "float32" }),
  // What it can do: 0, 1, 2 or 3.
  actionSpace: discrete(actionNames.length),
  actionNames,
  // An episode is cut after so many steps.
  maxEpisodeSteps: 30,

  // The first state of an episode. Draw all chance from \`rng\`, so that a seed gives the same episode each time.
  init(rng): ${type}State {
    const state = { x: 0, y: 0, goalX: 0, goalY: 0 };
    state.x = rng.integers(0, size);
    state.y = rng.integers(0, size);
    do {
      state.goalX = rng.integers(0, size);
      state.goalY = rng.integers(0, size);
    } while (state.goalX === state.x && state.goalY === state.y);
    return state;
  },

  // One step: change the state, then say what it earned, and whether the episode ends with it.
  step(state: ${type}State, action: number) {
    if (action === 0) state.x = Math.max(0, state.x - 1);
    if (action === 1) state.x = Math.min(size - 1, state.x + 1);
    if (action === 2) state.y = Math.max(0, state.y - 1);
    if (action === 3) state.y = Math.min(size - 1, state.y + 1);
    const isThere = state.x === state.goalX && state.y === state.goalY;
    return isThere ? terminate(1) : proceed(-0.05);
  },

  // Writes what the agent sees, all of it, beginning at out[offset].
  observe(state, out, offset) {
    out[offset] = state.x / (size - 1);
    out[offset + 1] = state.y / (size - 1);
    out[offset + 2] = state.goalX / (size - 1);
    out[offset + 3] = state.goalY / (size - 1);
  },

  // For people: what \`ludus watch\` draws.
  renderAnsi(state) {
    const rows = Array.from({ length: size }, (_, y) =>
      Array.from({ length: size }, (_, x) => {
        if (x === state.x && y === state.y) return "@";
        return x === state.goalX && y === state.goalY ? "$" : ".";
      }).join(" "),
    );
    return rows.join("\\n");
  },
});
`;
}

/** A test that plays the environment by the whole contract, for vitest. */
export function testTemplate({ file, variable }: EnvNames): string {
  return [
    `import { make, makeVec, register } from "gymnasium-js";`,
    `import { testEnv, testVectorEnv } from "ludus/testing";`,
    `import { test } from "vitest";`,
    `import { ${variable} } from "./${file}.js";`,
    ``,
    `register(${variable});`,
    `const makeEnv = () => make(${variable}.id);`,
    ``,
    `testEnv(makeEnv, { test });`,
    `testVectorEnv((numEnvs, autoresetMode) => makeVec(${variable}.id, { numEnvs, autoresetMode }), {`,
    `  test,`,
    `  makeEnv,`,
    `  name: "as a vector",`,
    `});`,
    ``,
  ].join("\n");
}
