import { type Env, GymnasiumError, type RgbFrame, RulesEnv } from "gymnasium-js";
import { Branch } from "./branch.js";
import type { Choice, Mind } from "./mind.js";
import type { Command, Frame, Picture, Stage, Status } from "./protocol.js";

export interface PlaySessionOptions {
  /** One environment, not shared; with a picture renderer where `stage.hasState` is false. */
  env: Env;
  stage: Stage;
  mind: Mind;
  /** Of the first episode. */
  seed: number;
  /** Opens the mind of another checkpoint; null where there is none. */
  openMind: ((checkpoint: number) => Promise<Mind>) | null;
  /** Who acts first. */
  controller?: Status["controller"];
}

/** Oldest branches are forgotten beyond so many. */
const branchesKept = 32;

/**
 * A play that can be paused, gone back in, and taken over. It stands at a step of a branch: played on, it goes through what
 * has been played already, and then acts. Whoever watches hears of every change, and asks for what it wants to show.
 */
export class PlaySession {
  /** Called after each change; the server's. */
  onChange: () => void = () => {};
  private readonly env: Env;
  private readonly stage: Stage;
  private readonly openMind: PlaySessionOptions["openMind"];
  private mind: Mind;
  private branches: Branch[] = [];
  private branch: Branch;
  private nextId = 0;
  private cursor = 0;
  private playing = false;
  private speed: number | null = 12;
  private controller: Status["controller"];
  /** What a person wants to do; null for nothing yet. */
  private held: number | null = null;
  private observation: unknown;
  /** Of which branch the mind saw the steps up to which; null if of none. */
  private seen: { branch: Branch; step: number } | null = null;

  constructor(options: PlaySessionOptions) {
    this.env = options.env;
    this.stage = options.stage;
    this.mind = options.mind;
    this.openMind = options.openMind;
    this.controller = options.controller ?? "policy";
    this.branch = this.begin(options.seed);
  }

  /** Steps per second; null for as many as can be made; 0 while paused. */
  get pace(): number | null {
    return this.playing ? this.speed : 0;
  }

  /** Number of the branch that is shown. */
  get branchId(): number {
    return this.branch.id;
  }

  /** @throws Error with one sentence where it cannot be done */
  async handle(command: Command): Promise<void> {
    switch (command.type) {
      case "play":
        this.playing = true;
        if (this.atEnd) this.seek(0);
        break;
      case "pause":
        this.playing = false;
        break;
      case "step":
        this.playing = false;
        this.advance();
        break;
      case "speed":
        this.speed = command.speed;
        break;
      case "seek":
        this.playing = false;
        this.seek(command.step);
        break;
      case "restart":
        this.branch = this.begin(command.seed ?? (this.branch.seed + 1) % 2 ** 32);
        break;
      case "branch":
        this.switchTo(command.branch);
        break;
      case "fork":
        await this.fork(command.controller, command.checkpoint);
        break;
      case "act":
        this.act(command.action);
        break;
      case "checkpoint":
        await this.playCheckpoint(command.step);
        break;
      case "hello":
      case "ready":
        return;
      default:
        throw new Error(`There is no command ${JSON.stringify(command satisfies never)}.`);
    }
    this.onChange();
  }

  /** One step on; nothing at the end of an episode. @returns whether there was one */
  advance(): boolean {
    const { branch } = this;
    if (this.atEnd) {
      this.playing = false;
      return false;
    }
    if (this.cursor < branch.length) this.replay(branch.actions[this.cursor]!);
    else
      this.perform(
        this.controller === "human"
          ? (this.held ?? this.stage.actionStart)
          : branch.choices[this.cursor]!.action,
      );
    this.onChange();
    return true;
  }

  status(): Status {
    const { playing, speed, controller, mind, branch } = this;
    return {
      ...{ type: "status", playing, speed, controller },
      player: mind.name,
      checkpoint: mind.checkpoint,
      branch: branch.id,
      branches: this.branches.map((each) => each.summary()),
    };
  }

  /** What is to be seen now, with rewards and values from step `from` of the branch on. */
  frame(from: number): Frame {
    const { branch, cursor, stage } = this;
    const choice = branch.choices[cursor];
    const { unwrapped } = this.env;
    return {
      type: "frame",
      branch: branch.id,
      step: cursor,
      length: branch.length,
      return: branch.returnAt(cursor),
      state: stage.hasState && unwrapped instanceof RulesEnv ? unwrapped.state : null,
      picture: stage.hasState ? null : pictureOf(this.env),
      action: this.shownAction(branch.actions[cursor] ?? (this.atEnd ? null : choice?.action)),
      thought: choice?.thought ?? null,
      ended: this.atEnd ? branch.ended : null,
      since: {
        from,
        rewards: Float32Array.from(branch.rewards.slice(from)),
        values: Float32Array.from({ length: Math.max(0, branch.choices.length - from) }, (_, i) =>
          branch.valueAt(from + i),
        ),
      },
    };
  }

  /** Counted from 0; null for those that are not numbered. */
  private shownAction(action: Choice["action"] | null | undefined): number | null {
    return typeof action === "number" ? action - this.stage.actionStart : null;
  }

  dispose(): void {
    this.playing = false;
    this.mind.dispose();
    this.env.close();
  }

  private get atEnd(): boolean {
    return this.branch.ended !== null && this.cursor === this.branch.length;
  }

  private begin(seed: number): Branch {
    const branch = this.add(new Branch(this.nextId++, seed, null, this.playerName()));
    this.branch = branch;
    this.cursor = 0;
    this.observation = this.env.reset({ seed }).observation;
    this.arrive();
    return branch;
  }

  private add(branch: Branch): Branch {
    this.branches = [...this.branches, branch].slice(-branchesKept);
    return branch;
  }

  /** What the policy makes of where the branch has come to. */
  private arrive(): void {
    const { branch, cursor, stage } = this;
    if (stage.hasSnapshots) branch.keep(cursor, () => this.env.snapshot());
    if (branch.choices.length > cursor) return;
    this.remember();
    branch.choices[cursor] = this.mind.choose(this.observation);
    this.seen = { branch, step: cursor };
  }

  /** Puts a mind with a memory where it would be had it seen this episode from its start. */
  private remember(): void {
    const { branch, cursor, mind } = this;
    if (cursor === 0) mind.restart();
    if (!mind.remembers || cursor === 0) return;
    if (this.seen?.branch === branch && this.seen.step === cursor - 1) return;
    mind.restart();
    const here = this.env.snapshot();
    let observation = this.env.reset({ seed: branch.seed }).observation;
    for (let step = 0; step < cursor; step++) {
      mind.choose(observation);
      observation = this.env.step(branch.actions[step]!).observation;
    }
    this.observation = observation;
    this.env.restore(here);
  }

  /** Does what was done before. */
  private replay(action: Choice["action"]): void {
    this.observation = this.env.step(action).observation;
    this.cursor++;
    this.arrive();
  }

  private perform(action: Choice["action"]): void {
    const { branch } = this;
    const { observation, reward, terminated, truncated } = this.env.step(action);
    this.observation = observation;
    branch.push(action, reward);
    if (terminated) branch.ended = "terminated";
    else if (truncated) branch.ended = "truncated";
    this.cursor++;
    if (branch.ended === null) this.arrive();
    else this.playing = false;
  }

  private seek(step: number): void {
    const { branch } = this;
    const target = Math.min(step, branch.length);
    if (target === this.cursor) return;
    if (!this.stage.hasSnapshots)
      throw new Error(`${this.stage.env} cannot be saved, so there is no way back.`);
    const { step: from, snapshot } = branch.snapshotBefore(target);
    this.env.restore(snapshot);
    this.cursor = from;
    while (this.cursor < target) {
      this.observation = this.env.step(branch.actions[this.cursor]!).observation;
      this.cursor++;
    }
  }

  private switchTo(id: number): void {
    const branch = this.branches.find((each) => each.id === id);
    if (branch === undefined) throw new Error(`There is no branch ${id}.`);
    const step = Math.min(this.cursor, branch.length);
    this.playing = false;
    this.branch = branch;
    this.cursor = -1;
    this.seek(step);
  }

  /** From the step that is shown somebody else plays on; what was played stays as it is. */
  private async fork(controller: Status["controller"], checkpoint: number | undefined): Promise<void> {
    const from = this.branch;
    const step = this.cursor;
    if (this.atEnd) throw new Error("The episode is over: go back to a step before its end, and fork there.");
    if (checkpoint !== undefined) await this.changeMind(checkpoint);
    this.playing = false;
    this.controller = controller;
    this.held = null;
    if (from.length === step && checkpoint === undefined) {
      from.player = this.playerName();
      return;
    }
    this.branch = this.add(from.forkAt(step, this.nextId++, this.playerName()));
    this.cursor = -1;
    this.seek(step);
    this.observeHere();
    this.arrive();
  }

  /** The observation of the state that was restored: the step that led here is done again. */
  private observeHere(): void {
    const { branch, cursor } = this;
    if (cursor === 0) {
      this.observation = this.env.reset({ seed: branch.seed }).observation;
      return;
    }
    const { step, snapshot } = branch.snapshotBefore(cursor - 1);
    this.env.restore(snapshot);
    for (let at = step; at < cursor; at++) this.observation = this.env.step(branch.actions[at]!).observation;
  }

  private act(index: number): void {
    const action = index + this.stage.actionStart;
    if (this.controller !== "human") throw new Error("The policy acts: take over first.");
    if (!this.env.actionSpace.contains(action)) throw new Error(`There is no action ${index}.`);
    this.held = action;
    if (this.playing || this.atEnd || this.cursor < this.branch.length) return;
    this.perform(action);
  }

  private async playCheckpoint(step: number): Promise<void> {
    await this.changeMind(step);
    this.controller = "policy";
    this.branch = this.begin(this.branch.seed);
    this.playing = true;
  }

  private async changeMind(checkpoint: number): Promise<void> {
    if (this.openMind === null) throw new Error("There are no checkpoints to choose from.");
    if (checkpoint === this.mind.checkpoint) return;
    const mind = await this.openMind(checkpoint);
    this.mind.dispose();
    this.mind = mind;
    this.seen = null;
  }

  private playerName(): string {
    return this.controller === "human" ? "you" : this.mind.name;
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
