/** A training loop of your own: callbacks are operators, and reasons to stop are streams. */
import {
  type AtStep,
  createAgent,
  createReplay,
  defaultRng,
  type Evaluation,
  elementSpec,
  evaluate,
  evaluateEvery,
  everySteps,
  makeVec,
  noBetter,
  reaches,
  rollout,
  stopAfter,
  useEngine,
} from "ludus";
import { merge, Subject, takeUntil, tap } from "rxjs";

await useEngine("auto");
const env = "CartPole-v1";
const envs = makeVec(env, { numEnvs: 8, autoresetMode: "same-step" });
const { singleObservationSpace: observationSpace, singleActionSpace: actionSpace, numEnvs } = envs;
const config = {
  double: true,
  nStep: 3,
  target: { type: "soft", tau: 0.01 },
  exploration: { type: "linear", end: 0.05, steps: 4000 },
  optimizer: { name: "adam", learningRate: 1e-3 },
} as const;
const agent = createAgent("dqn", { observationSpace, actionSpace, numEnvs, config, seed: 1 });
const replay = createReplay({
  element: elementSpec(observationSpace, actionSpace),
  numEnvs,
  capacity: 20_000,
  nStep: 3,
  gamma: 0.99,
  stack: 1,
});
const rng = defaultRng(1);

const evaluations = new Subject<AtStep<Evaluation>>();
const play = () => evaluate({ env, policy: agent.greedyPolicy(), episodes: 20, seed: 1000, maxSteps: 500 });
let saved = agent.save();

rollout(envs, agent.policy, { seed: 1 })
  .pipe(
    tap((step) => replay.add(step)),
    everySteps(8, (steps) => steps > 500 && agent.learn(replay.sample(rng, 64))),
    everySteps(2000, () => {
      saved = agent.save();
    }),
    evaluateEvery(2000, play, evaluations),
    takeUntil(merge(evaluations.pipe(reaches(150)), evaluations.pipe(noBetter({ patience: 5 })))),
    stopAfter(20_000),
  )
  .subscribe({
    complete: () =>
      console.log(`learnt by ${agent.updates} updates, saved ${Object.keys(saved.weights).length} arrays`),
  });

evaluations.subscribe(({ step, returnMean }) => console.log(`step ${step}: return ${returnMean.toFixed(1)}`));
