/** An environment as a class of your own: anything that has Gymnasium's methods works everywhere. */
import { BaseEnv, checkEnv, discrete, GymnasiumError, make, makeVec, register } from "ludus";

const unknown = 0;
const tooLow = 1;
const tooHigh = 2;
const right = 3;

/** Guess a number from 0 to 9; the observation says how the last guess was. */
class GuessNumber extends BaseEnv<number, number> {
  readonly observationSpace = discrete(4);
  readonly actionSpace = discrete(10);
  private secret = 0;
  private isOver = false;

  override reset(options?: { seed?: number }) {
    this.reseed(options?.seed);
    this.secret = this.rng.integers(0, 10);
    this.isOver = false;
    return { observation: unknown, info: {} };
  }

  override step(guess: number) {
    if (this.isOver) throw new GymnasiumError("reset-needed", "The episode has ended: call reset first.");
    const observation = guess === this.secret ? right : guess < this.secret ? tooLow : tooHigh;
    this.isOver = observation === right;
    return {
      observation,
      reward: observation === right ? 1 : -0.1,
      terminated: this.isOver,
      truncated: false,
      info: {},
    };
  }

  override snapshot() {
    return { secret: this.secret, isOver: this.isOver, rng: this.rng.state };
  }

  override restore(saved: ReturnType<GuessNumber["snapshot"]>) {
    this.secret = saved.secret;
    this.isOver = saved.isOver;
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
