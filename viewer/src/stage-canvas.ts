import "pixi.js/unsafe-eval";
import { signal } from "@preact/signals";
import { Application, RendererType } from "pixi.js";
import type { Frame, Wall } from "../../src/viewer/protocol.js";
import { BoardGrid, type Shown } from "./board-grid.js";
import type { OverlaySwitches } from "./board-overlay.js";
import { frame, hello, wall } from "./model.js";
import { pointed } from "./pointing.js";
import { drewIn, setStageRenderer } from "./stage-renderer.js";

/** What is laid over the board. */
export const overlays = signal<OverlaySwitches>({ saliency: false, values: false });

/** Whether what a policy looks at has a place on the board. */
export const hasField = signal(false);

/** In how many columns the boards are, so that their scores are there, too. */
export const columns = signal(1);

/** Milliseconds: what comes less often glides as fast, and then waits; scenes may want longer. */
const longestGlide = 120;

/** Milliseconds after a change for which pictures are drawn all the same: shapes are made with the first of them. */
const settling = 300;

/**
 * The canvas of the play. It is drawn when there is something new, and while something glides.
 *
 * @param onLost told when the browser takes the graphics card away from it: it stays empty then
 * @returns what closes it
 * @throws Error where the browser has neither WebGL nor WebGPU
 */
export async function openCanvas(place: HTMLElement, onLost: () => void): Promise<() => void> {
  const { mode } = hello.peek()!;
  const app = new Application();
  await app.init({
    width: place.clientWidth,
    height: place.clientHeight,
    backgroundAlpha: 0,
    // Edges of many small boards are not worth their time.
    antialias: mode !== "wall" && mode !== "train",
    autoDensity: true,
    autoStart: false,
    resolution: Math.min(2, window.devicePixelRatio),
    preference: "webgl",
  });
  if (app.renderer.type === RendererType.CANVAS) {
    app.destroy(true);
    throw new Error("There is neither WebGL nor WebGPU.");
  }
  // A shader that chooses among sixteen textures is slow where there is no graphics card.
  app.renderer.limits.maxBatchableTextures = 1;
  app.canvas.setAttribute("aria-hidden", "true");
  app.canvas.addEventListener("webglcontextlost", onLost);
  place.append(app.canvas);
  setStageRenderer(app.renderer);
  const drawing = new Drawing(app);
  const observer = new ResizeObserver(() => {
    app.renderer.resize(place.clientWidth, place.clientHeight);
    drawing.refresh();
  });
  observer.observe(place);
  let request = requestAnimationFrame(function draw(now) {
    drawing.turn(now);
    request = requestAnimationFrame(draw);
  });
  return () => {
    cancelAnimationFrame(request);
    observer.disconnect();
    app.canvas.removeEventListener("webglcontextlost", onLost);
    setStageRenderer(null);
    app.destroy(true, { children: true, texture: true });
  };
}

class Drawing {
  private readonly boards: BoardGrid;
  private readonly stillness = window.matchMedia("(prefers-reduced-motion: reduce)");
  private message: Frame | Wall | null = null;
  private shown: Shown[] = [];
  private switches: OverlaySwitches | null = null;
  private pointed: number | null = null;
  /** Time of the picture in which the message was first drawn; how long its movement takes. */
  private since = 0;
  private glide = 0;
  /** Until when there is something to draw. */
  private until = 0;
  /** Time of the last picture that was drawn; null where the one before had nothing new. */
  private drewAt: number | null = null;

  constructor(private readonly app: Application) {
    this.boards = new BoardGrid(app);
  }

  /** Something else than what is shown has changed. */
  refresh(): void {
    this.until = performance.now() + settling;
  }

  /** Draws if there is a reason to. @param now time of the picture */
  turn(now: number): void {
    if (this.drewAt !== null) drewIn(now - this.drewAt);
    this.drewAt = null;
    this.look(now);
    const about = hello.peek();
    if (about === null || this.shown.length === 0) return;
    // Where pictures take long, the last one of a glide may be late.
    if (now > this.until && this.boards.atRest) return;
    columns.value = this.boards.draw(about.stage, this.shown, this.glide, overlays.peek());
    hasField.value = this.boards.hasField;
    this.app.render();
    this.drewAt = now;
  }

  private look(now: number): void {
    const message = frame.peek() ?? wall.peek();
    const switches = overlays.peek();
    const at = pointed.peek();
    if (switches !== this.switches || at !== this.pointed) this.refresh();
    [this.switches, this.pointed] = [switches, at];
    if (message === this.message) return;
    const before = this.shown.length;
    this.message = message;
    this.shown = shownOf(message);
    // Boards of a training have gone on by many steps from look to look.
    const jumps = this.stillness.matches || hello.peek()?.mode === "train";
    this.glide = jumps ? 0 : Math.min(this.boards.glide ?? longestGlide, now - this.since);
    this.since = now;
    this.until = Math.max(this.until, now + this.glide + 1);
    if (this.shown.length !== before) this.refresh();
  }
}

function shownOf(message: Frame | Wall | null): Shown[] {
  if (message === null) return [];
  if (message.type === "frame")
    return message.beside === null ? [message] : [message, { ...message.beside, inside: null }];
  const { states, pictures, step } = message;
  const about = { branch: 0, step, inside: null };
  return pictures.length > 0
    ? pictures.map((picture) => ({ state: null, picture, ...about }))
    : states.map((state) => ({ state, picture: null, ...about }));
}
