import { Generator } from "gymnasium-js";
import { lastValueFrom, takeUntil, tap } from "rxjs";
import type { Demonstration } from "../replay/index.js";
import { rollout, stopAfter } from "../streams/index.js";
import { type Circle, closeCircle, openCircle, restoreCircle, restoreWeights, saveCircle } from "./circle.js";
import type { RunConfig } from "./config.js";
import type { Course, Interruption, PlayRequest } from "./course.js";
import type { EnvMaker } from "./env-maker.js";
import { type Evaluation, evaluate } from "./evaluation.js";
import { stackOf } from "./kinds/index.js";
import { learnWith, refuseBadSteps, storeIn } from "./operators.js";

/** Learns step by step: act, store, learn. */
export class CircleCourse implements Course {
  private readonly circle: Circle;

  constructor(
    private readonly config: RunConfig,
    makeEnvs: EnvMaker,
  ) {
    this.circle = openCircle(config, makeEnvs);
  }

  get standing(): Circle["standing"] {
    return this.circle.standing;
  }

  get window(): Circle["window"] {
    return this.circle.window;
  }

  get resumable(): boolean {
    return this.circle.resumable;
  }

  get updates(): number {
    return this.circle.learner.agent.updates;
  }

  get epsilon(): number {
    return this.circle.learner.agent.epsilon;
  }

  get visible(): Circle {
    return this.circle;
  }

  /** The circle of reinforcement learning, once per vector step. */
  async learn(
    until: number,
    { aborted }: Interruption,
    learnt: (from: number, figures?: Record<string, number>) => void,
  ): Promise<void> {
    const { circle } = this;
    const { envs, learner, standing, window } = circle;
    await lastValueFrom(
      rollout(envs, circle.actor.policy, { resume: true }).pipe(
        refuseBadSteps(envs),
        storeIn(learner.memory),
        tap((step) => {
          standing.steps += envs.numEnvs;
          circle.actor.saw(step);
          circle.league?.saw(step, standing.steps);
          circle.episodes.add(step, (episode) => window.addEpisode(episode));
        }),
        learnWith(learner, standing, (metrics) => window.addUpdate(metrics)),
        tap(() => learnt(standing.steps - envs.numEnvs, circle.league?.figures())),
        stopAfter(until - standing.steps),
        takeUntil(aborted),
      ),
      { defaultValue: null },
    );
  }

  play({ episodes, seed }: PlayRequest, { aborted }: Interruption): Promise<Evaluation | null> {
    const { env, envOptions, evaluation } = this.config;
    return evaluate({
      env,
      envOptions,
      policy: this.circle.learner.agent.greedyPolicy(evaluation.epsilon, new Generator(seed)),
      stack: stackOf(this.config),
      episodes,
      seed,
      maxSteps: evaluation.maxSteps,
      makeEnvs: this.circle.makeEnvs,
      stop: aborted,
    });
  }

  playCheckpoint(
    { run, step }: { run: string; step: number },
    request: PlayRequest,
    interruption: Interruption,
  ): Promise<Evaluation | null> {
    if (step !== this.standing.steps) restoreWeights(this.circle, run, step);
    return this.play(request, interruption);
  }

  demonstrate(episodes: readonly Demonstration[]): void {
    this.circle.learner.demonstrate?.(episodes);
  }

  save(): ReturnType<Course["save"]> {
    return saveCircle(this.circle);
  }

  restore(run: string, step: number): void {
    restoreCircle(this.circle, run, step);
  }

  close(): void {
    closeCircle(this.circle);
  }
}
