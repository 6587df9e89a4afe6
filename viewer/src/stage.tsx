import "pixi.js/unsafe-eval";
import { Application } from "pixi.js";
import { useEffect, useRef } from "preact/hooks";
import type { Frame, Stage, Wall } from "../../src/viewer/protocol.js";
import { frame, hello, records, status, wall } from "./model.js";
import { sceneFor } from "./scenes/index.js";
import type { Scene } from "./scenes/scene.js";

/** The play, drawn as large as there is room for, gliding from step to step unless motion is unwelcome. */
export function StageView() {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let stopped = false;
    let stop = (): void => {};
    openStage(place.current!).then((close) => {
      if (stopped) close();
      else stop = close;
    });
    return () => {
      stopped = true;
      stop();
    };
  }, []);
  const shown = frame.value;
  const score = shown === null ? "" : String(Number(shown.return.toFixed(3)));
  return (
    <>
      <div ref={place} class="canvas" />
      <dl class="score" hidden={shown === null}>
        <dt>score</dt>
        <dd>{score}</dd>
      </dl>
      {nothingToDraw() && (
        <p class="over">There is no picture of this environment: rules have renderRgb for it.</p>
      )}
      {shown?.ended != null && (
        <p class="over">{shown.ended === "terminated" ? "The episode is over" : "Cut by its time limit"}</p>
      )}
    </>
  );
}

/** A play whose frames are empty, or a training that has written something and shown nothing. */
function nothingToDraw(): boolean {
  const shown = frame.value;
  if (hello.value?.mode === "train") return records.value.length > 2 && wall.value === null;
  return shown !== null && shown.state === null && shown.picture === null;
}

async function openStage(place: HTMLElement): Promise<() => void> {
  const app = new Application();
  await app.init({
    width: place.clientWidth,
    height: place.clientHeight,
    backgroundAlpha: 0,
    antialias: true,
    autoDensity: true,
    resolution: Math.min(2, window.devicePixelRatio),
    preference: "webgl",
  });
  app.canvas.setAttribute("aria-hidden", "true");
  place.append(app.canvas);
  const observer = new ResizeObserver(() => app.renderer.resize(place.clientWidth, place.clientHeight));
  observer.observe(place);
  const stillness = window.matchMedia("(prefers-reduced-motion: reduce)");
  const boards = new BoardGrid(app);

  app.ticker.add(() => {
    const about = hello.peek();
    const shown = about?.mode === "train" ? framesOf(wall.peek()) : framesOf(frame.peek());
    if (about === null || shown.length === 0) return;
    const pace = about.mode === "train" ? 30 : (status.peek()?.speed ?? 1000);
    boards.draw(about.stage, shown, stillness.matches ? 0 : Math.min(120, 1000 / pace));
  });
  return () => {
    observer.disconnect();
    app.destroy(true, { children: true, texture: true });
  };
}

/** What is on the boards: one, or a wall of them. */
type Shown = Pick<Frame, "state" | "picture"> & { branch: number; step: number };

function framesOf(message: Frame | Wall | null): Shown[] {
  if (message === null) return [];
  if (message.type === "frame") return [message];
  const { states, pictures, step } = message;
  if (pictures.length > 0) return pictures.map((picture) => ({ state: null, picture, branch: 0, step }));
  return states.map((state) => ({ state, picture: null, branch: 0, step }));
}

interface Board {
  scene: Scene;
  before: Shown | null;
  now: Shown | null;
  since: number;
}

/** As many boards as there are, in a grid that fills the window, each gliding to its newest step. */
class BoardGrid {
  private boards: Board[] = [];
  private stage: Stage | null = null;

  constructor(private readonly app: Application) {}

  draw(stage: Stage, shown: readonly Shown[], glide: number): void {
    if (stage !== this.stage || shown.length !== this.boards.length) this.rebuild(stage, shown.length);
    const { width, height } = this.app.screen;
    const columns = columnsFor(shown.length, width / height);
    const rows = Math.ceil(shown.length / columns);
    const cell = { width: width / columns, height: height / rows };
    const margin = shown.length === 1 ? 16 : 4;
    this.boards.forEach((board, i) => {
      const newest = shown[i]!;
      if (board.now === null || newest.state !== board.now.state || newest.picture !== board.now.picture) {
        const follows =
          board.now !== null && newest.branch === board.now.branch && newest.step > board.now.step;
        [board.before, board.now] = [follows ? board.now : null, newest];
        board.since = performance.now();
      }
      const share = glide === 0 ? 1 : Math.min(1, (performance.now() - board.since) / glide);
      board.scene.draw(board.before as Frame | null, board.now as Frame, share);
      fit(
        board.scene,
        { x: (i % columns) * cell.width, y: Math.floor(i / columns) * cell.height, ...cell },
        margin,
      );
    });
  }

  private rebuild(stage: Stage, count: number): void {
    for (const { scene } of this.boards) scene.root.destroy({ children: true });
    this.stage = stage;
    this.boards = Array.from({ length: count }, () => ({
      scene: sceneFor(stage),
      before: null,
      now: null,
      since: 0,
    }));
    for (const { scene } of this.boards) this.app.stage.addChild(scene.root);
  }
}

/** Columns with which squares in the cells come out largest; of those as few as possible. */
function columnsFor(count: number, aspect: number): number {
  const sideWith = (columns: number): number => Math.min(aspect / columns, 1 / Math.ceil(count / columns));
  const choices = Array.from({ length: count }, (_, i) => i + 1);
  return choices.reduce((best, columns) => (sideWith(columns) > sideWith(best) + 1e-9 ? columns : best), 1);
}

interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** As large as it goes with a margin, in the middle. */
function fit({ size, root }: Scene, { x, y, width, height }: Place, margin: number): void {
  const scale = Math.min((width - 2 * margin) / size.width, (height - 2 * margin) / size.height);
  root.scale.set(Math.max(scale, 0.01));
  root.position.set(x + (width - size.width * scale) / 2, y + (height - size.height * scale) / 2);
}
