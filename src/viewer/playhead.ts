import { type Env, GymnasiumError, type RgbFrame, RulesEnv } from "gymnasium-js";
import type { Branch } from "./branch.js";
import type { Choice, Situation } from "./mind.js";
import type { Picture, Stage } from "./protocol.js";
import { alone, situationInArena } from "./situation.js";

/** An environment that stands at a step of a branch, and can be put at any other that has been played. */
export class Playhead {
  /** Of the state that it stands at. */
  observation: unknown;
  /** Steps made before it. */
  step = 0;
  private current: Branch;

  /** @param env one environment, not shared; the head's to close */
  constructor(
    private readonly env: Env,
    private readonly stage: Stage,
    branch: Branch,
  ) {
    this.current = branch;
    this.rewind();
  }

  get branch(): Branch {
    return this.current;
  }

  get atEnd(): boolean {
    return this.branch.ended !== null && this.step === this.branch.length;
  }

  /** Puts it at a step, or the end if the branch has fewer. @throws Error if there is no way back */
  goTo(branch: Branch, step: number): void {
    const target = Math.min(step, branch.length);
    const goesOn = branch === this.current && this.step <= target;
    this.current = branch;
    if (!goesOn) this.goBack(target);
    while (this.step < target) this.repeat();
  }

  /** Does what the branch did here. @returns the reward */
  repeat(): number {
    const { observation, reward } = this.env.step(this.branch.actions[this.step]!);
    this.observation = observation;
    this.step++;
    return reward;
  }

  /** Stands in another branch from now on, which is the same up to here. */
  moveTo(branch: Branch): void {
    this.current = branch;
  }

  /** Does something new at the end of the branch, which takes it in. */
  perform(action: Choice["action"]): void {
    const { branch } = this;
    const { observation, reward, terminated, truncated } = this.env.step(action);
    this.observation = observation;
    branch.push(action, reward);
    if (terminated) branch.ended = "terminated";
    else if (truncated) branch.ended = "truncated";
    this.step++;
  }

  /** What there is to know here beside the observation. */
  situation(): Situation {
    return this.stage.arena === null ? alone : situationInArena(this.env);
  }

  isLegal(action: Choice["action"]): boolean {
    const index = Number(action) - this.stage.actionStart;
    return this.situation().legal?.[index] !== 0;
  }

  /** Keeps a snapshot of where it stands, where one is due. */
  keep(): void {
    if (this.stage.hasSnapshots) this.branch.keep(this.step, () => this.env.snapshot());
  }

  /** What is to be seen; not to be kept beyond the next step. */
  view(): { state: unknown; picture: Picture | null } {
    if (!this.stage.hasState) return { state: null, picture: pictureOf(this.env) };
    const { unwrapped } = this.env;
    return { state: unwrapped instanceof RulesEnv ? unwrapped.state : null, picture: null };
  }

  close(): void {
    this.env.close();
  }

  /** To a snapshot before the step, so that a step made again brings the observation, too. */
  private goBack(target: number): void {
    if (target === 0) {
      this.rewind();
      return;
    }
    if (!this.stage.hasSnapshots)
      throw new Error(`${this.stage.env} cannot be saved, so there is no way back.`);
    const { step, snapshot } = this.branch.snapshotBefore(target - 1);
    this.env.restore(snapshot);
    this.step = step;
  }

  private rewind(): void {
    this.observation = this.env.reset({ seed: this.branch.seed }).observation;
    this.step = 0;
    this.keep();
  }
}

function pictureOf(env: Env): Picture | null {
  const frame = env.render();
  if (frame === null || typeof frame === "string") return null;
  const { width, height, data } = frame as RgbFrame;
  return { width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/** Whether an environment can be saved. */
export function hasSnapshots(env: Env): boolean {
  try {
    env.snapshot();
    return true;
  } catch (error) {
    if (error instanceof GymnasiumError && error.code === "unsupported") return false;
    throw error;
  }
}
