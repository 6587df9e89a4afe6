import {
  BaseEnv,
  box,
  defineEnv,
  discrete,
  type Env,
  type EnvRules,
  type GeneratorState,
  proceed,
  type RandomSource,
  type ResetOptions,
  type ResetResult,
  type StepResult,
  terminate,
} from "../src/index.js";

export interface WalkState {
  position: number;
  episodes: number;
  lastDraw: number;
}

/** A walk on 0..8 from the middle, 8 is the goal; each step draws, and slips by `slip`. Small enough to check by hand. */
export function walkRules(
  kwargs: { slip?: number; length?: number } = {},
): EnvRules<WalkState, number, number> {
  const { slip = 0.25, length = 9 } = kwargs;
  return {
    id: "Walk-v1",
    observationSpace: discrete(length),
    actionSpace: discrete(2),
    maxEpisodeSteps: 12,
    rewardThreshold: 0.9,
    init(rng, options, previous) {
      const start = options?.["start"] as number | undefined;
      return {
        position: start ?? rng.integers(1, length - 2),
        episodes: (previous?.episodes ?? 0) + 1,
        lastDraw: 0,
      };
    },
    step(state, action, rng) {
      state.lastDraw = rng.random();
      const direction = (action === 1) === state.lastDraw >= slip ? 1 : -1;
      state.position = Math.max(0, state.position + direction);
      return state.position === length - 1 ? terminate(1) : proceed(-0.125);
    },
    observe(state, out, offset) {
      out[offset] = state.position;
    },
    info: (state) => ({ draw: state.lastDraw, episodes: state.episodes }),
    actionMask(state, out, offset) {
      out[offset] = state.position > 0 ? 1 : 0;
      out[offset + 1] = 1;
    },
    renderAnsi: (state) => `${".".repeat(state.position)}@`,
  };
}

export const walk = defineEnv("Walk-v1", walkRules);

/** Position and speed of a mass pushed by a force in [-1, 1]; no info, no masks. */
export const cart = defineEnv({
  id: "Cart-v0",
  observationSpace: box({ low: -10, high: 10, shape: [2], dtype: "float32" }),
  actionSpace: box({ low: -1, high: 1, shape: [1], dtype: "float32" }),
  init: (rng: RandomSource) => ({ x: rng.uniform(-0.5, 0.5), v: 0 }),
  step(state, action: Float32Array) {
    state.v += Math.max(-1, Math.min(1, action[0] as number));
    state.x += state.v;
    return Math.abs(state.x) > 4 ? terminate(-1) : proceed(0.5);
  },
  observe(state, out, offset) {
    out[offset] = state.x;
    out[offset + 1] = state.v;
  },
});

/** The walk again, written as a class, to play beside the rules. */
export class WalkClass extends BaseEnv<number, number> implements Env<number, number> {
  readonly observationSpace = discrete(9);
  readonly actionSpace = discrete(2);
  private position = 0;
  private episodes = 0;

  reset(options?: { seed?: number; options?: ResetOptions }): ResetResult<number> {
    this.reseed(options?.seed);
    this.position = this.rng.integers(1, 7);
    this.episodes = options?.seed === undefined ? this.episodes + 1 : 1;
    return { observation: this.position, info: { draw: 0, episodes: this.episodes } };
  }

  step(action: number): StepResult<number> {
    const draw = this.rng.random();
    this.position = Math.max(0, this.position + ((action === 1) === draw >= 0.25 ? 1 : -1));
    const terminated = this.position === 8;
    return {
      observation: this.position,
      reward: terminated ? 1 : -0.125,
      terminated,
      truncated: false,
      info: { draw, episodes: this.episodes },
    };
  }

  override snapshot(): unknown {
    return { position: this.position, episodes: this.episodes, generator: this.rng.state };
  }

  override restore(snapshot: unknown): void {
    const { position, episodes, generator } = snapshot as {
      position: number;
      episodes: number;
      generator: GeneratorState;
    };
    this.position = position;
    this.episodes = episodes;
    this.rng.setState(generator);
  }
}
