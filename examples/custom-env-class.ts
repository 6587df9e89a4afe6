/** An environment as a class of your own: anything that has Gymnasium's methods works everywhere. */
import { BaseEnv, checkEnv, discrete, make, makeVec, register } from "ludus";

const unknown = 0;
const tooLow = 1;
const tooHigh = 2;
const right = 3;

/** Guess a number from 0 to 9; the observation says how the last guess was. */
class GuessNumber extends BaseEnv<number, number> {
  readonly observationSpace = discrete(4);
  readonly actionSpace = discrete(10);
  private secret = 0;

  override reset(options?: { seed?: number }) {
    this.reseed(options?.seed);
    this.secret = this.rng.integers(0, 10);
    return { observation: unknown, info: {} };
  }

  override step(guess: number) {
    const observation = guess === this.secret ? right : guess < this.secret ? tooLow : tooHigh;
    return {
      observation,
      reward: observation === right ? 1 : -0.1,
      terminated: observation === right,
      truncated: false,
      info: {},
    };
  }

  override snapshot() {
    return { secret: this.secret, rng: this.rng.state };
  }

  override restore(saved: ReturnType<GuessNumber["snapshot"]>) {
    this.secret = saved.secret;
    this.rng.setState(saved.rng);
  }
}

register({ id: "Example/GuessNumber-v0", entryPoint: () => new GuessNumber(), maxEpisodeSteps: 10 });
checkEnv(make("Example/GuessNumber-v0"));

const envs = makeVec("Example/GuessNumber-v0", { numEnvs: 4 });
envs.reset({ seed: 1 });
let found = 0;
for (let step = 0; step < 100; step++) {
  const { terminations } = envs.step(
    Int32Array.of(step % 10, (step + 3) % 10, (step + 5) % 10, (step + 7) % 10),
  );
  found += terminations.reduce((sum, ended) => sum + ended, 0);
}
envs.close();
console.log(`4 guessers that count up found ${found} numbers in 100 steps`);
