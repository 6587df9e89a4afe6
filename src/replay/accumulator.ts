import type { ReplayConfig } from "./types.js";

/**
 * Turns rewards into n-step returns (Sutton & Barto 2018, section 7.1), separately for each environment:
 *
 *   R_t = sum_{k<m} gamma^k r_{t+k},   discount_t = gamma^m, or 0 where the task terminated
 *
 * with m = n, or fewer where the episode ended. A transition waits until its m is known; `push` says which of the
 * waiting ones that completed.
 */
export class NStepAccumulator {
  /** Transitions that the last `push` or `flush` completed, the oldest waiting ones. */
  completed = 0;
  /** Of the completed ones, oldest first. */
  readonly returns: Float64Array;
  readonly discounts: Float64Array;
  /** m of each. */
  readonly steps: Uint8Array;

  private readonly n: number;
  /** gamma^k for k = 0..n. */
  private readonly powers: Float64Array;
  /** Rewards of waiting transitions: `[numEnvs, n]`, each row a ring. */
  private readonly rewards: Float64Array;
  /** Ring position of the oldest waiting reward. */
  private readonly oldest: Uint8Array;
  private readonly waiting: Uint8Array;

  constructor({ numEnvs, nStep, gamma }: Pick<ReplayConfig, "numEnvs" | "nStep" | "gamma">) {
    this.n = nStep;
    this.powers = new Float64Array(nStep + 1);
    this.powers[0] = 1;
    for (let k = 1; k <= nStep; k++) this.powers[k] = this.powers[k - 1]! * gamma;
    this.returns = new Float64Array(nStep);
    this.discounts = new Float64Array(nStep);
    this.steps = new Uint8Array(nStep);
    this.rewards = new Float64Array(numEnvs * nStep);
    this.oldest = new Uint8Array(numEnvs);
    this.waiting = new Uint8Array(numEnvs);
  }

  /** Transitions of `env` whose m is not known yet; at most n - 1. */
  waitingOf(env: number): number {
    return this.waiting[env]!;
  }

  push(env: number, reward: number, terminated: boolean, truncated: boolean): void {
    const { n } = this;
    const waiting = this.waiting[env]! + 1;
    this.rewards[env * n + ((this.oldest[env]! + waiting - 1) % n)] = reward;
    this.waiting[env] = waiting;
    if (terminated || truncated) this.completeAll(env, terminated);
    else if (waiting === n) this.complete(env, 1, false);
    else this.completed = 0;
  }

  /** The episode was cut after the last `push`: what waits bootstraps from what is known. */
  flush(env: number): void {
    this.completeAll(env, false);
  }

  /** Waiting rewards of `env`, oldest first. */
  waitingRewards(env: number): Float64Array {
    const { n } = this;
    return Float64Array.from(
      { length: this.waiting[env]! },
      (_, k) => this.rewards[env * n + ((this.oldest[env]! + k) % n)]!,
    );
  }

  restore(env: number, rewards: Float64Array): void {
    this.oldest[env] = 0;
    this.waiting[env] = rewards.length;
    this.rewards.set(rewards, env * this.n);
  }

  clear(): void {
    this.oldest.fill(0);
    this.waiting.fill(0);
  }

  private completeAll(env: number, terminated: boolean): void {
    this.complete(env, this.waiting[env]!, terminated);
  }

  private complete(env: number, count: number, terminated: boolean): void {
    const { n, powers, rewards, returns, discounts, steps } = this;
    const oldest = this.oldest[env]!;
    const waiting = this.waiting[env]!;
    for (let j = 0; j < count; j++) {
      const m = waiting - j;
      let sum = 0;
      for (let k = 0; k < m; k++) sum += powers[k]! * rewards[env * n + ((oldest + j + k) % n)]!;
      returns[j] = sum;
      discounts[j] = terminated ? 0 : powers[m]!;
      steps[j] = m;
    }
    this.completed = count;
    this.oldest[env] = (oldest + count) % n;
    this.waiting[env] = waiting - count;
  }
}
