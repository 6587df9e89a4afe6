import type { EnvSnapshot } from "gymnasium-js";
import type { Choice } from "./mind.js";
import type { BranchSummary } from "./protocol.js";

/** Steps from one kept snapshot to the next. */
const snapshotEvery = 64;

/** One episode as it was played: what was done, what came of it, and snapshots from which any step is found again. */
export class Branch {
  readonly actions: Choice["action"][] = [];
  readonly rewards: number[] = [];
  /** Sums of the rewards up to each step. */
  private readonly returns: number[] = [0];
  /** What the policy made of the state before each step, the newest state included. */
  readonly choices: Choice[] = [];
  ended: BranchSummary["ended"] = null;
  private readonly snapshots = new Map<number, EnvSnapshot>();

  constructor(
    readonly id: number,
    readonly seed: number,
    readonly parent: BranchSummary["parent"],
    public player: string,
  ) {}

  /** Steps played. */
  get length(): number {
    return this.actions.length;
  }

  /** Takes in a step that was made. */
  push(action: Choice["action"], reward: number): void {
    this.actions.push(action);
    this.rewards.push(reward);
    this.returns.push(this.returns.at(-1)! + reward);
  }

  /** Keeps a snapshot of what stands after `step` steps, where one is due. */
  keep(step: number, take: () => EnvSnapshot): void {
    if (step % snapshotEvery === 0 && !this.snapshots.has(step)) this.snapshots.set(step, take());
  }

  /** The newest snapshot that is not beyond a step. */
  snapshotBefore(step: number): { step: number; snapshot: EnvSnapshot } {
    for (let at = step - (step % snapshotEvery); at >= 0; at -= snapshotEvery) {
      const snapshot = this.snapshots.get(at);
      if (snapshot !== undefined) return { step: at, snapshot };
    }
    throw new Error(`Branch ${this.id} has no snapshot of its start.`);
  }

  /** The value that the policy saw in the state after `step` steps: its best score; NaN where it has none. */
  valueAt(step: number): number {
    const thought = this.choices[step]?.thought;
    return thought?.kind === "values" ? Math.max(...thought.scores) : Number.NaN;
  }

  /** Sum of the rewards of the first `step` steps. */
  returnAt(step: number): number {
    return this.returns[step]!;
  }

  /** The same up to a step, as a branch of its own. */
  forkAt(step: number, id: number, player: string): Branch {
    const fork = new Branch(id, this.seed, { branch: this.id, step }, player);
    for (let i = 0; i < step; i++) fork.push(this.actions[i]!, this.rewards[i]!);
    fork.choices.push(...this.choices.slice(0, step));
    for (const [at, snapshot] of this.snapshots) if (at <= step) fork.snapshots.set(at, snapshot);
    return fork;
  }

  summary(): BranchSummary {
    const { id, parent, seed, length, ended, player } = this;
    return { id, parent, seed, length, return: this.returnAt(length), ended, player };
  }
}
