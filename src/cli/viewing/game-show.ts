import type { Branch } from "../../viewer/branch.js";
import { episodeOf } from "../../viewer/episode.js";
import type { PlaySession } from "../../viewer/play-session.js";
import type { PlayShow } from "../../viewer/play-show.js";
import type { Command, Hello, Reply, ServerMessage, Stage } from "../../viewer/protocol.js";
import type { Show, Told } from "../../viewer/show.js";
import { Authorship } from "./authorship.js";
import type { DemonstrationFolder } from "./demonstration-folder.js";
import type { Rival } from "./rival.js";

export interface GameShowOptions {
  session: PlaySession;
  /** Shows the session. */
  show: PlayShow;
  stage: Stage;
  /** Null for nobody to play against. */
  rival: Rival | null;
  /** Null where nothing is to be kept. */
  folder: DemonstrationFolder | null;
}

/**
 * A play in which a person acts: another player is at the same episode, and what the person has played is kept. Kept are
 * episodes that a person has played from their first step to their last, and the one that is shown at the close, if it has
 * a step; not those that a policy had a hand in.
 */
export class GameShow implements Show {
  private readonly session: PlaySession;
  private readonly show: PlayShow;
  private readonly stage: Stage;
  private readonly rival: Rival | null;
  private readonly folder: DemonstrationFolder | null;
  private readonly authorship = new Authorship();
  /** Numbers of the branches that have been kept. */
  private readonly kept = new Set<number>();

  constructor({ session, show, stage, rival, folder }: GameShowOptions) {
    this.session = session;
    this.show = show;
    this.stage = stage;
    this.rival = rival;
    this.folder = folder;
    const tell = session.onChange;
    session.onChange = () => {
      this.follow();
      tell();
    };
    if (rival !== null) rival.onChange = tell;
    this.follow();
  }

  hello(): Hello {
    return this.show.hello();
  }

  next(told: Told): ServerMessage | null {
    const message = this.show.next(told);
    if (message?.type !== "status") return message;
    const { rival, folder } = this;
    return { ...message, rival: rival?.standing() ?? null, saved: folder?.summary() ?? null };
  }

  handle(command: Command): Promise<Reply | null> {
    return this.show.handle(command);
  }

  onChange(listener: () => void): void {
    this.show.onChange(listener);
  }

  watched(pages: number): void {
    this.show.watched(pages);
  }

  close(): void {
    const { branch } = this.session;
    if (branch.length > 0) this.keep(branch);
    this.rival?.close();
    this.show.close();
  }

  /** Takes note of what has just been played. */
  private follow(): void {
    const { branch, actor } = this.session;
    this.authorship.note(branch, actor);
    this.rival?.challenge(branch.seed);
    if (branch.ended !== null) this.keep(branch);
  }

  private keep(branch: Branch): void {
    if (this.folder === null || this.kept.has(branch.id) || !this.authorship.isHandMade(branch)) return;
    this.kept.add(branch.id);
    this.folder.save(episodeOf(branch, this.stage, { run: null, checkpoint: null }));
  }
}
