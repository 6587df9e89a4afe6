import {
  BaseEnv,
  box,
  discrete,
  type Generator,
  type ResetResult,
  type Space,
  type StepResult,
} from "gymnasium-js";

interface PixelsState {
  steps: number;
  shade: number;
  action: number;
}

/**
 * The made-up picture environment of the golden figures: uint8 [6, 5, 3] with
 * `pixel[y][x][c] = (7*t*(x+1) + 13*y*(k+1) + 29*x + 5*c + 31*a) mod 256`, t the steps since reset, a the last action
 * (0 after reset), k = integers(0, 16) drawn at reset; reward a - 1.5; terminated at t = 11.
 */
export class Pixels extends BaseEnv<Uint8Array, number> {
  override readonly observationSpace = box({
    low: 0,
    high: 255,
    shape: [6, 5, 3],
    dtype: "uint8",
  }) as Space<Uint8Array>;
  override readonly actionSpace: Space<number> = discrete(4);
  private state: PixelsState = { steps: 0, shade: 0, action: 0 };

  override reset(options?: { seed?: number }): ResetResult<Uint8Array> {
    this.reseed(options?.seed);
    this.state = { steps: 0, shade: this.rng.integers(0, 16), action: 0 };
    return { observation: this.observe(), info: { k: this.state.shade } };
  }

  override step(action: number): StepResult<Uint8Array> {
    const { state } = this;
    state.steps++;
    state.action = action;
    return {
      observation: this.observe(),
      reward: action - 1.5,
      terminated: state.steps === 11,
      truncated: false,
      info: { k: state.shade },
    };
  }

  override snapshot(): unknown {
    return { state: { ...this.state }, rng: this.rng.state };
  }

  override restore(snapshot: unknown): void {
    const { state, rng } = snapshot as { state: PixelsState; rng: Generator["state"] };
    this.state = { ...state };
    this.rng.setState(rng);
  }

  private observe(): Uint8Array {
    const { steps, shade, action } = this.state;
    const pixels = new Uint8Array(6 * 5 * 3);
    for (let y = 0, i = 0; y < 6; y++) {
      for (let x = 0; x < 5; x++) {
        for (let c = 0; c < 3; c++, i++) {
          pixels[i] = 7 * steps * (x + 1) + 13 * y * (shade + 1) + 29 * x + 5 * c + 31 * action;
        }
      }
    }
    return pixels;
  }
}
