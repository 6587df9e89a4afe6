import type { Application } from "pixi.js";
import type { Frame, Inside, Stage } from "../../src/viewer/protocol.js";
import { BoardOverlay, fieldOf, type OverlaySwitches } from "./board-overlay.js";
import { pointed, targets } from "./pointing.js";
import { sceneFor } from "./scenes/index.js";
import type { Place, Scene } from "./scenes/scene.js";

/** What is on a board: a state or a picture, of which step of which branch. */
export type Shown = Pick<Frame, "state" | "picture" | "branch" | "step"> & { inside: Inside | null };

interface Board {
  scene: Scene;
  overlay: BoardOverlay;
  before: Shown | null;
  now: Shown | null;
  since: number;
  /** How far it has come from the one to the other. */
  share: number;
}

/** As many boards as there are, in a grid that fills the window, each gliding to its newest step. */
export class BoardGrid {
  private boards: Board[] = [];
  private stage: Stage | null = null;

  constructor(private readonly app: Application) {}

  /** Whether all boards have come to where they were going. */
  get atRest(): boolean {
    return this.boards.every(({ share }) => share === 1);
  }

  /** Whether what a policy looks at has a place on the board. */
  get hasField(): boolean {
    const [first] = this.boards;
    return first !== undefined && fieldOf(first.scene) !== null;
  }

  /** Milliseconds that a step takes where nothing follows sooner; null for what is usual. */
  get glide(): number | null {
    return this.boards[0]?.scene.glide ?? null;
  }

  /**
   * @param glide milliseconds from step to step; 0 for jumps
   * @returns in how many columns the boards are
   */
  draw(stage: Stage, shown: readonly Shown[], glide: number, switches: OverlaySwitches): number {
    if (stage !== this.stage || shown.length !== this.boards.length) this.rebuild(stage, shown.length);
    const { width, height } = this.app.screen;
    const columns = columnsFor(shown.length, width / height);
    const rows = Math.ceil(shown.length / columns);
    const cell = { width: width / columns, height: height / rows };
    // One or two have their score in the corner.
    const scored = shown.length <= 2;
    this.boards.forEach((board, i) => {
      this.update(board, shown[i]!, glide);
      board.overlay.draw(board.scene, shown[i]!, switches);
      fit(
        board.scene,
        { x: (i % columns) * cell.width, y: Math.floor(i / columns) * cell.height, ...cell },
        scored,
      );
    });
    this.offer();
    return columns;
  }

  /** Tells where the first board may be pointed at, and shows on it what is. */
  private offer(): void {
    const [first] = this.boards;
    if (first === undefined) return;
    const { root, targets: places = [] } = first.scene;
    first.scene.point?.(pointed.peek());
    const onStage = places.map(({ x, y, width, height }) => ({
      x: root.x + x * root.scale.x,
      y: root.y + y * root.scale.y,
      width: width * root.scale.x,
      height: height * root.scale.y,
    }));
    if (!areSame(onStage, targets.peek())) targets.value = onStage;
  }

  private update(board: Board, newest: Shown, glide: number): void {
    const { now } = board;
    if (now === null || newest.state !== now.state || newest.picture !== now.picture) {
      const follows = now !== null && newest.branch === now.branch && newest.step > now.step;
      [board.before, board.now] = [follows ? now : null, newest];
      board.since = performance.now();
    }
    board.share = glide === 0 ? 1 : Math.min(1, (performance.now() - board.since) / glide);
    board.scene.draw(board.before, newest, board.share);
  }

  private rebuild(stage: Stage, count: number): void {
    for (const { scene } of this.boards) scene.root.destroy({ children: true });
    this.stage = stage;
    this.boards = Array.from({ length: count }, () => {
      const scene = sceneFor(stage);
      const overlay = new BoardOverlay(stage);
      this.app.stage.addChild(scene.root);
      return { scene, overlay, before: null, now: null, since: 0, share: 1 };
    });
  }
}

function areSame(some: readonly Place[], others: readonly Place[]): boolean {
  const keys = ["x", "y", "width", "height"] as const;
  return (
    some.length === others.length && some.every((one, i) => keys.every((key) => one[key] === others[i]![key]))
  );
}

/** Share of the largest size that boards may lose for a last row that is full. */
const givenUp = 0.15;

/** Columns with which squares in the cells come out about as large as can be, and few cells stay empty. */
function columnsFor(count: number, aspect: number): number {
  const sideWith = (columns: number): number => Math.min(aspect / columns, 1 / Math.ceil(count / columns));
  const emptyWith = (columns: number): number => Math.ceil(count / columns) * columns - count;
  const choices = Array.from({ length: count }, (_, i) => i + 1);
  const largest = Math.max(...choices.map(sideWith));
  const fitting = choices.filter((columns) => sideWith(columns) >= (1 - givenUp) * largest);
  return fitting.sort((a, b) => emptyWith(a) - emptyWith(b) || sideWith(b) - sideWith(a) || a - b)[0]!;
}

/** What a score takes of its corner, in pixels. */
const score = { width: 112, height: 72 } as const;

/** As large as it goes with a margin, in the middle; below its score where it would lie under it. */
function fit({ size, root }: Scene, { x, y, width, height }: Place, scored: boolean): void {
  const margin = scored ? 16 : 4;
  const scaleWith = (top: number): number =>
    Math.max(0.01, Math.min((width - 2 * margin) / size.width, (height - top - margin) / size.height));
  const besides = (width - size.width * scaleWith(margin)) / 2;
  const top = scored && besides < score.width ? score.height : margin;
  const scale = scaleWith(top);
  root.scale.set(scale);
  root.position.set(
    x + (width - size.width * scale) / 2,
    y + top + (height - top - margin - size.height * scale) / 2,
  );
}
