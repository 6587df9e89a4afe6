/** Streams: environments emit, others subscribe. Here a random policy plays, and two subscribers listen. */
import { defaultRng, episodeStatistics, makeVec, rollout, stopAfter } from "ludus";

const envs = makeVec("MinAtar/Breakout-v1", { numEnvs: 16, autoresetMode: "same-step" });
const rng = defaultRng(7);
const actions = new Int32Array(envs.numEnvs);
const randomPolicy = () => {
  for (let i = 0; i < actions.length; i++) actions[i] = rng.integers(0, 3);
  return actions;
};

const steps$ = rollout(envs, randomPolicy, { seed: 7 }).pipe(stopAfter(16_000));

let episodes = 0;
let bricks = 0;
steps$.pipe(episodeStatistics()).subscribe({
  next: (episode) => {
    episodes++;
    bricks += episode.return;
  },
  complete: () => {
    console.log(`${episodes} episodes of random play, ${(bricks / episodes).toFixed(2)} bricks each`);
    envs.close();
  },
});
