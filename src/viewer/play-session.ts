import type { Env } from "gymnasium-js";
import { Branch } from "./branch.js";
import type { Episode } from "./episode.js";
import { type HumanActions, humanActions } from "./human-actions.js";
import type { Choice, Mind } from "./mind.js";
import { Playhead } from "./playhead.js";
import type { Command, Frame, Inside, Reply, Stage, Status } from "./protocol.js";
import { frameOf, recordingOf } from "./recording.js";

export interface PlaySessionOptions {
  /** Makes environments; with a picture renderer where `stage.hasState` is false. */
  openEnv: () => Env;
  stage: Stage;
  mind: Mind;
  /** Of the first episode. */
  seed: number;
  /** Stands for the first episode, where it was opened from a file; its seed is `seed`. */
  reopened?: Reopened | null;
  /** Id of the run whose checkpoints play; null by default. */
  run?: string | null;
  /** Opens the mind of another checkpoint; null where there is none. */
  openMind: ((checkpoint: number) => Promise<Mind>) | null;
  /** Who acts first. */
  controller?: Status["controller"];
  /** Called at the end, when nothing is played any more. */
  onDispose?: () => void;
}

/** An episode of a file, and the branch that is the same. */
interface Reopened {
  episode: Episode;
  branch: Branch;
}

/** Steps per second: where one looks at each, and where they are a movement. */
const usualSpeed = { turns: 1, time: 12 } as const;

/** Oldest branches are forgotten beyond so many. */
const branchesKept = 32;

/**
 * A play that can be paused, gone back in, and taken over. It stands at a step of a branch: played on, it goes through what
 * has been played already, and then acts. Another branch can be shown beside it, at the same step. Whoever watches hears of
 * every change, and asks for what it wants to show.
 */
export class PlaySession {
  /** Called after each change; the server's. */
  onChange: () => void = () => {};
  private readonly openEnv: () => Env;
  private readonly stage: Stage;
  private readonly run: string | null;
  private readonly reopened: Reopened | null;
  private readonly openMind: PlaySessionOptions["openMind"];
  private readonly onDispose: () => void;
  private mind: Mind;
  private branches: Branch[] = [];
  private readonly head: Playhead;
  /** Stands in the branch that is compared; null while none is. */
  private other: Playhead | null = null;
  private nextId = 0;
  private playing = false;
  /** Whether a page wants to see what goes on in the policy. */
  private looksInside = false;
  private speed: number | null;
  private controller: Status["controller"];
  /** What a person does at every step while it plays; null for nothing yet. */
  private held: Choice["action"] | null = null;
  /** What a person can do; null where keys are not enough. */
  private readonly human: HumanActions | null;
  /** Of which branch the mind saw the steps up to which; null if of none. */
  private seen: { branch: Branch; step: number } | null = null;

  constructor(options: PlaySessionOptions) {
    this.openEnv = options.openEnv;
    this.stage = options.stage;
    this.speed = this.stage.arena?.waits === true ? usualSpeed.turns : usualSpeed.time;
    this.mind = options.mind;
    this.run = options.run ?? null;
    this.reopened = options.reopened ?? null;
    this.openMind = options.openMind;
    this.onDispose = options.onDispose ?? (() => {});
    this.controller = options.controller ?? "policy";
    const env = this.openEnv();
    this.human = humanActions(env.actionSpace, this.stage.actionNames);
    const first = this.reopened === null ? this.newEpisode(options.seed) : this.add(this.reopened.branch);
    this.nextId = first.id + 1;
    this.head = new Playhead(env, this.stage, first);
    this.arrive();
  }

  /** Steps per second; null for as many as can be made; 0 while paused. */
  get pace(): number | null {
    return this.playing ? this.speed : 0;
  }

  /** Number of the branch that is shown. */
  get branchId(): number {
    return this.head.branch.id;
  }

  /** The branch that is shown; to be looked at only. */
  get branch(): Branch {
    return this.head.branch;
  }

  /** Who acts next. */
  get actor(): Status["controller"] {
    return this.controller;
  }

  /**
   * @returns what the page that asked is answered, where it asked for something
   * @throws Error with one sentence where it cannot be done
   */
  async handle(command: Command): Promise<Reply | null> {
    switch (command.type) {
      case "play":
        this.playing = true;
        this.held = null;
        if (this.head.atEnd) this.seek(0);
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
        this.begin(command.seed ?? (this.head.branch.seed + 1) % 2 ** 32);
        break;
      case "branch":
        this.switchTo(this.branchOf(command.branch));
        break;
      case "compare":
        this.compare(command.branch);
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
      case "inside":
        this.looksInside = command.on;
        break;
      case "record":
        return this.record();
      case "hello":
      case "ready":
      case "runs":
      case "run":
        return null;
      default:
        throw new Error(`There is no command ${JSON.stringify(command satisfies never)}.`);
    }
    this.onChange();
    return null;
  }

  /** One step on; nothing at the end of an episode. @returns whether there was one */
  advance(): boolean {
    const { head } = this;
    const { branch, step } = head;
    if (head.atEnd) {
      this.playing = false;
      return false;
    }
    if (step < branch.length) head.repeat();
    else {
      const action = this.nextAction();
      if (action === null) {
        this.playing = false;
        this.onChange();
        return false;
      }
      this.perform(action);
    }
    this.arrive();
    this.onChange();
    return true;
  }

  /** Null where the play waits for a person. */
  private nextAction(): Choice["action"] | null {
    const { head, human, held, stage } = this;
    if (this.controller === "policy") return head.branch.choices[head.step]!.action;
    if (stage.arena?.waits === true) return null;
    const idle = human!.actions[human!.idle]!;
    return [held ?? idle, idle].find((action) => head.isLegal(action)) ?? null;
  }

  status(): Status {
    const { playing, speed, controller, mind, head, other } = this;
    return {
      ...{ type: "status", playing, speed, controller },
      player: mind.name,
      checkpoint: mind.checkpoint,
      branch: head.branch.id,
      beside: other?.branch.id ?? null,
      branches: this.branches.map((each) => each.summary()),
      ...{ rival: null, saved: null },
    };
  }

  /** What is to be seen now, with rewards and values from step `from` of the branch on. */
  frame(from: number): Frame {
    const { head, other } = this;
    return {
      ...frameOf(head, from, this.stage),
      inside: this.looksInside && !head.atEnd ? this.inside() : null,
      beside: other === null ? null : this.besideOf(other),
    };
  }

  dispose(): void {
    this.playing = false;
    this.mind.dispose();
    this.head.close();
    this.other?.close();
    this.onDispose();
  }

  private newEpisode(seed: number): Branch {
    return this.add(new Branch(this.nextId++, seed, null, this.playerName()));
  }

  private begin(seed: number): void {
    this.head.goTo(this.newEpisode(seed), 0);
    this.arrive();
  }

  private add(branch: Branch): Branch {
    this.branches = [...this.branches, branch].slice(-branchesKept);
    return branch;
  }

  private branchOf(id: number): Branch {
    const branch = this.branches.find((each) => each.id === id);
    if (branch === undefined) throw new Error(`There is no branch ${id}.`);
    return branch;
  }

  /** What the policy makes of where the branch has come to. */
  private arrive(): void {
    const { head, mind } = this;
    const { branch, step } = head;
    if (head.atEnd) {
      this.playing = false;
      return;
    }
    head.keep();
    if (branch.choices.length > step) return;
    this.remember();
    branch.choices[step] = mind.choose(head.observation, head.situation());
    this.seen = { branch, step };
  }

  /** What goes on in the policy where the head stands. */
  private inside(): Inside {
    const { head, mind, seen } = this;
    if (seen?.branch !== head.branch || seen.step !== head.step) {
      this.remember();
      mind.choose(head.observation, head.situation());
      this.seen = { branch: head.branch, step: head.step };
    }
    return mind.inside();
  }

  /** Puts a mind with a memory where it would be had it seen this episode from its start. */
  private remember(): void {
    const { head, mind, seen } = this;
    const { branch, step } = head;
    if (step === 0) mind.restart();
    if (!mind.remembers || step === 0) return;
    if (seen?.branch === branch && seen.step === step - 1) return;
    mind.restart();
    head.goTo(branch, 0);
    while (head.step < step) {
      mind.choose(head.observation, head.situation());
      head.repeat();
    }
  }

  private seek(step: number): void {
    this.head.goTo(this.head.branch, step);
  }

  private switchTo(branch: Branch): void {
    this.playing = false;
    this.head.goTo(branch, this.head.step);
  }

  /** Shows another branch beside the one that is shown, or none. */
  private compare(id: number | null): void {
    this.other?.close();
    this.other = null;
    if (id === null) return;
    const branch = this.branchOf(id);
    if (!this.stage.hasSnapshots)
      throw new Error(`${this.stage.env} cannot be saved, so it cannot be shown twice.`);
    this.other = new Playhead(this.openEnv(), this.stage, branch);
  }

  private besideOf(other: Playhead): Frame["beside"] {
    other.goTo(other.branch, this.head.step);
    const {
      type: _,
      since: __,
      thought: ___,
      legal: ____,
      inside: _____,
      ...shown
    } = frameOf(other, other.branch.length, this.stage);
    return shown;
  }

  /** From the step that is shown somebody else plays on; what was played stays as it is. */
  private async fork(controller: Status["controller"], checkpoint: number | undefined): Promise<void> {
    const { branch: from, step } = this.head;
    if (this.head.atEnd)
      throw new Error("The episode is over: go back to a step before its end, and fork there.");
    if (controller === "human" && this.human === null)
      throw new Error(`${this.stage.env} has more actions than there are keys: nobody can take over.`);
    if (checkpoint !== undefined) await this.changeMind(checkpoint);
    this.playing = false;
    this.controller = controller;
    this.held = null;
    // A branch in which nothing has been played yet can as well be somebody else's.
    if (checkpoint === undefined && from.length === step && (from.parent?.step ?? 0) === step) {
      from.player = this.playerName();
      return;
    }
    this.branchOff();
    this.arrive();
  }

  /** What is played from here on is a branch of its own. */
  private branchOff(): void {
    const { branch, step } = this.head;
    this.head.moveTo(this.add(branch.forkAt(step, this.nextId++, this.playerName())));
  }

  /** @throws Error with one sentence where it is illegal; nothing is lost by that */
  private act(index: number): void {
    const { head, stage } = this;
    if (this.controller !== "human") throw new Error("The policy acts: take over first.");
    const action = this.human?.actions[index];
    if (action === undefined) throw new Error(`There is no action ${index}.`);
    const waits = stage.arena?.waits === true;
    if (waits) this.playing = false;
    if (this.playing) this.held = action;
    if (this.playing || head.atEnd) return;
    if (head.step < head.branch.length && !waits) return;
    if (!head.isLegal(action)) throw new Error(`${stage.actionNames[index]} is not a legal move here.`);
    // Whoever has gone back to an earlier turn takes back what came after it.
    if (head.step < head.branch.length) this.branchOff();
    this.perform(action);
    this.arrive();
  }

  /** Does something new at the end of a branch, which is by whoever played last. */
  private perform(action: Choice["action"]): void {
    const { head } = this;
    head.branch.player = this.playerName();
    head.perform(action);
  }

  private async playCheckpoint(step: number): Promise<void> {
    await this.changeMind(step);
    this.controller = "policy";
    this.begin(this.head.branch.seed);
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

  private record(): Reply {
    const { openEnv, stage, run, mind, reopened } = this;
    const { branch } = this.head;
    const asItWas = branch === reopened?.branch && branch.length === reopened.episode.actions.length;
    const by = asItWas ? reopened.episode : { run, checkpoint: mind.checkpoint };
    return recordingOf(branch, { openEnv, stage, by });
  }

  private playerName(): string {
    return this.controller === "human" ? "you" : this.mind.name;
  }
}
