import type {
  Env,
  EnvSnapshot,
  Info,
  RenderMode,
  ResetOptions,
  ResetResult,
  StepResult,
} from "../src/env.js";
import type { EnvSpec } from "../src/env-spec.js";
import { Generator } from "../src/seeding/generator.js";
import { box } from "../src/spaces/box.js";
import { discrete } from "../src/spaces/discrete.js";
import type { Space } from "../src/spaces/space.js";

/**
 * A class environment small enough to compute by hand. The observation is `[position, steps]` (float32), written into
 * two buffers in turns; action 1 moves right by a drawn length of 0, 1 or 2, action 0 stays. Reward is the new
 * position; the task ends at 10. Fields and methods are there to be broken by tests.
 */
export class Walk implements Env<Float32Array, number> {
  observationSpace: Space<Float32Array> = box({ low: [0, 0], high: [12, 1000], dtype: "float32" });
  actionSpace: Space<number> = discrete(2);
  readonly spec: EnvSpec | null = null;
  renderMode: RenderMode | null = null;
  rng = new Generator(0);
  position = 0;
  steps = 0;
  closed = 0;
  info: Info = {};
  private buffers = [new Float32Array(2), new Float32Array(2)];

  get unwrapped(): Env {
    return this as unknown as Env;
  }

  reset(options?: { seed?: number; options?: ResetOptions }): ResetResult<Float32Array> {
    if (options?.seed !== undefined) this.rng = new Generator(options.seed);
    this.position = this.rng.integers(0, 3);
    this.steps = 0;
    return { observation: this.observe(), info: this.info };
  }

  step(action: number): StepResult<Float32Array> {
    if (action === 1) this.position += this.rng.integers(0, 3);
    this.steps++;
    return {
      observation: this.observe(),
      reward: this.position,
      terminated: this.position >= 10,
      truncated: false,
      info: this.info,
    };
  }

  observe(): Float32Array {
    this.buffers.reverse();
    const observation = this.buffers[0] as Float32Array;
    observation[0] = this.position;
    observation[1] = this.steps;
    return observation;
  }

  render(): string | null {
    return null;
  }

  close(): void {
    this.closed++;
  }

  snapshot(): EnvSnapshot {
    return { position: this.position, steps: this.steps, rng: this.rng.state };
  }

  restore(snapshot: EnvSnapshot): void {
    const { position, steps, rng } = snapshot as { position: number; steps: number; rng: Generator["state"] };
    this.position = position;
    this.steps = steps;
    this.rng.setState(rng);
  }
}

/** Observation and action are one float32 within [-2, 2]: the observation is the action done. */
export class Echo implements Env<Float32Array, Float32Array> {
  observationSpace: Space<Float32Array> = box({ low: -2, high: 2, shape: [1], dtype: "float32" });
  actionSpace: Space<Float32Array> = box({ low: -2, high: 2, shape: [1], dtype: "float32" });
  readonly spec: EnvSpec | null = null;
  readonly renderMode = null;
  rng = new Generator(0);
  private last = new Float32Array(1);

  get unwrapped(): Env {
    return this as unknown as Env;
  }

  reset(options?: { seed?: number }): ResetResult<Float32Array> {
    if (options?.seed !== undefined) this.rng = new Generator(options.seed);
    this.last = new Float32Array(1);
    return { observation: this.last.slice(), info: {} };
  }

  step(action: Float32Array): StepResult<Float32Array> {
    this.last = action.slice();
    return {
      observation: this.last.slice(),
      reward: action[0] as number,
      terminated: false,
      truncated: false,
      info: {},
    };
  }

  render(): null {
    return null;
  }

  close(): void {}

  snapshot(): EnvSnapshot {
    return { last: this.last.slice(), rng: this.rng.state };
  }

  restore(snapshot: EnvSnapshot): void {
    const { last, rng } = snapshot as { last: Float32Array; rng: Generator["state"] };
    this.last = last.slice();
    this.rng.setState(rng);
  }
}

/** The error that `action` throws, to look at its code and message. */
export function errorOf(action: () => unknown): { code?: string; message: string } {
  try {
    action();
  } catch (error) {
    return error as { code?: string; message: string };
  }
  return { message: "nothing was thrown" };
}
