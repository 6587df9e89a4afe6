/** Goes on paying after the episode has ended. */
import { BaseEnv, discrete, register } from "gymnasium-js";

class NoEnd extends BaseEnv<number, number> {
  readonly observationSpace = discrete(5);
  readonly actionSpace = discrete(2);
  private position = 0;

  override reset(options?: { seed?: number }) {
    this.reseed(options?.seed);
    this.position = this.rng.integers(0, 3);
    return { observation: this.position, info: {} };
  }

  override step(action: number) {
    this.position = Math.min(4, Math.max(0, this.position + (action === 1 ? 1 : -1)));
    const terminated = this.position === 4;
    return { observation: this.position, reward: terminated ? 1 : 0, terminated, truncated: false, info: {} };
  }
}

register({ id: "NoEnd-v0", entryPoint: () => new NoEnd() });
