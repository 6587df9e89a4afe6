import { BaseEnv, box, discrete, register } from "gymnasium-js";

/** Walk to the right end of a line of nine; drawn from its generator, it starts anywhere in the left half. */
class Line extends BaseEnv<Float32Array, number> {
  readonly observationSpace = box({ low: 0, high: 1, shape: [2], dtype: "float32" });
  readonly actionSpace = discrete(2);
  protected at = 0;
  protected wind = 0;

  override reset(options?: { seed?: number }) {
    this.reseed(options?.seed);
    this.at = this.rng.integers(0, 4);
    return { observation: this.observe(), info: {} };
  }

  override step(action: number) {
    this.wind = this.rng.random();
    if (this.wind > 0.1) this.at = Math.max(0, this.at + (action === 1 ? 1 : -1));
    const terminated = this.at === 8;
    return {
      observation: this.observe(),
      reward: terminated ? 1 : 0,
      terminated,
      truncated: false,
      info: {},
    };
  }

  private observe(): Float32Array {
    return Float32Array.of(this.at / 8, this.wind);
  }
}

class SavableLine extends Line {
  override snapshot() {
    return { at: this.at, wind: this.wind, rng: this.rng.state };
  }

  override restore(saved: ReturnType<SavableLine["snapshot"]>) {
    this.at = saved.at;
    this.wind = saved.wind;
    this.rng.setState(saved.rng);
  }
}

/** What a broken environment does on its 50th step. */
class BrokenLine extends SavableLine {
  private steps = 0;

  constructor(private readonly fault: "reward" | "observation" | "last-observation") {
    super();
  }

  override step(action: number) {
    const result = super.step(action);
    if (++this.steps < 50) return result;
    if (this.fault === "reward") return { ...result, reward: Number.NaN };
    const observation = Float32Array.of(0.5, 7);
    return { ...result, observation, terminated: this.fault === "last-observation" };
  }
}

register({ id: "Test/Line-v0", entryPoint: () => new SavableLine(), maxEpisodeSteps: 30 });
register({ id: "Test/UnsavableLine-v0", entryPoint: () => new Line(), maxEpisodeSteps: 30 });
register({
  id: "Test/BrokenLine-v0",
  entryPoint: (kwargs: Record<string, unknown>) => new BrokenLine(kwargs["fault"] as "reward"),
  maxEpisodeSteps: 30,
});
