// Environments for the tests of worker threads: one that fails as its action says, one whose observations are no rows.
import { BaseEnv, box, defineEnv, dict, discrete, proceed, register } from "gymnasium-js";

const faults = {
  1: () => {
    throw new Error("the motor is on fire");
  },
  2: () => process.exit(7),
  3: () => {
    for (;;);
  },
  4: () => {
    const hoard = [];
    for (;;) hoard.push(new Array(100_000).fill(Math.PI).map(String));
  },
};

/** Counts its steps beside a number drawn at reset. Actions: 0 goes on, 1 throws, 2 exits, 3 hangs, 4 takes all memory. */
const faulty = defineEnv({
  id: "Faulty-v0",
  observationSpace: box({ low: 0, high: 1e6, shape: [2], dtype: "float32" }),
  actionSpace: discrete(5),
  init: (rng) => ({ steps: 0, mark: rng.integers(0, 1_000_000) }),
  step(state, action) {
    faults[action]?.();
    state.steps++;
    return proceed(1);
  },
  observe(state, out, offset) {
    out[offset] = state.steps;
    out[offset + 1] = state.mark;
  },
});

class NestedEnv extends BaseEnv {
  observationSpace = dict({
    place: box({ low: 0, high: 100, shape: [2], dtype: "float32" }),
    phase: discrete(3),
  });
  actionSpace = dict({ push: discrete(2), force: box({ low: -1, high: 1, shape: [1], dtype: "float32" }) });
  state = { place: new Float32Array(2), phase: 0 };
  reset(options) {
    this.reseed(options?.seed);
    this.state = { place: Float32Array.of(this.rng.random(), this.rng.random()), phase: 0 };
    return { observation: structuredClone(this.state), info: { begun: true } };
  }
  step(action) {
    const { place } = this.state;
    place[action.push] += Math.abs(action.force[0]) + this.rng.random();
    this.state.phase = (this.state.phase + 1) % 3;
    const terminated = place[0] > 5;
    const info = { sum: place[0] + place[1] };
    return {
      observation: structuredClone(this.state),
      reward: action.force[0],
      terminated,
      truncated: false,
      info,
    };
  }
  snapshot() {
    return { state: structuredClone(this.state), rng: this.rng.state };
  }
  restore({ state, rng }) {
    this.state = structuredClone(state);
    this.rng.setState(rng);
  }
}

register(faulty, { id: "Nested-v0", entryPoint: () => new NestedEnv(), maxEpisodeSteps: 12 });
