/** A generator of its own, made anew from the same seed whatever `reset` is given. */
import { BaseEnv, discrete, Generator, register } from "gymnasium-js";

class IgnoresSeed extends BaseEnv<number, number> {
  readonly observationSpace = discrete(100);
  readonly actionSpace = discrete(2);
  private own = new Generator(7);
  private isOver = false;

  override reset() {
    this.own = new Generator(7);
    this.isOver = false;
    return { observation: this.own.integers(0, 100), info: {} };
  }

  override step(_action: number) {
    return {
      observation: this.own.integers(0, 100),
      reward: 0,
      terminated: this.isOver,
      truncated: false,
      info: {},
    };
  }

  override snapshot() {
    return this.own.state;
  }

  override restore(saved: Generator["state"]) {
    this.own.setState(saved);
  }
}

register({ id: "IgnoresSeed-v0", entryPoint: () => new IgnoresSeed(), maxEpisodeSteps: 20 });
