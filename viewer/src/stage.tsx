import "pixi.js/unsafe-eval";
import { signal } from "@preact/signals";
import { Application } from "pixi.js";
import { useEffect, useRef } from "preact/hooks";
import type { BranchSummary, Frame, Wall } from "../../src/viewer/protocol.js";
import { BoardGrid, type Shown } from "./board-grid.js";
import type { OverlaySwitches } from "./board-overlay.js";
import { frame, hello, records, status, wall } from "./model.js";
import "./stage.css";
import { setStageRenderer } from "./stage-renderer.js";

/** What is laid over the board. */
export const overlays = signal<OverlaySwitches>({ saliency: false, values: false });

/** In how many columns the boards are, so that their scores are there, too. */
const columns = signal(1);

/** The play, drawn as large as there is room for, gliding from step to step unless motion is unwelcome. */
export function StageView() {
  const place = useRef<HTMLDivElement>(null);
  const mode = hello.value?.mode;
  useEffect(() => {
    if (mode === undefined) return;
    let stopped = false;
    let stop = (): void => {};
    // Edges of many small boards are not worth their time.
    openStage(place.current!, mode !== "wall" && mode !== "train").then((close) => {
      if (stopped) close();
      else stop = close;
    });
    return () => {
      stopped = true;
      stop();
    };
  }, [mode]);
  return (
    <>
      <div ref={place} class="canvas" />
      <Scores />
      <Overlays />
      {nothingToDraw() && (
        <p class="over">There is no picture of this environment: rules have renderRgb for it.</p>
      )}
    </>
  );
}

/** Buttons for what the policy has to say about the board. */
function Overlays() {
  const shown = frame.value;
  const { net = null, table = null } = shown?.inside ?? {};
  // At an end nothing can be said; the buttons stay, so that they do not flicker.
  const known = useRef({ saliency: false, values: false });
  if (shown?.inside != null) {
    known.current = { saliency: net?.saliency?.shape.length === 2, values: table !== null };
  }
  const texts = { saliency: "Where it looks", values: "Values of all states" } as const;
  const names = (["saliency", "values"] as const).filter((name) => known.current[name]);
  return (
    <div class="overlays">
      {names.map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={overlays.value[name]}
          onClick={() => {
            overlays.value = { ...overlays.value, [name]: !overlays.value[name] };
          }}
        >
          {texts[name]}
        </button>
      ))}
    </div>
  );
}

/** The score of the board, or of both where two branches are compared, each in its half of the stage. */
function Scores() {
  const shown = frame.value;
  if (shown === null) return null;
  const { beside } = shown;
  return (
    <div class={columns.value > 1 ? "scores abreast" : "scores"}>
      <Score shown={shown} compared={beside !== null} />
      {beside !== null && <Score shown={beside} compared />}
    </div>
  );
}

function Score({ shown, compared }: { shown: NonNullable<Frame["beside"]>; compared: boolean }) {
  const branch = status.value?.branches.find(({ id }) => id === shown.branch);
  return (
    <div class="board">
      <dl class="score">
        <dt>{compared && branch !== undefined ? nameOf(branch) : "score"}</dt>
        <dd>
          {Number(shown.return.toFixed(3))}
          {compared && shown.ended !== null && (
            <small>
              {shown.ended === "terminated" ? "over" : "cut"} after step {shown.length.toLocaleString("en")}
            </small>
          )}
        </dd>
      </dl>
      {!compared && shown.ended !== null && (
        <p class="over">{shown.ended === "terminated" ? "The episode is over" : "Cut by its time limit"}</p>
      )}
    </div>
  );
}

function nameOf({ player, parent, seed }: BranchSummary): string {
  return `${player}, ${parent === null ? `seed ${seed}` : `from step ${parent.step}`}`;
}

/** A play whose frames are empty, or a training that has written something and shown nothing. */
function nothingToDraw(): boolean {
  const shown = frame.value;
  if (hello.value?.mode === "train") return records.value.length > 2 && wall.value === null;
  return shown !== null && shown.state === null && shown.picture === null;
}

/** Milliseconds: what comes less often glides as fast, and then waits. */
const longestGlide = 120;

async function openStage(place: HTMLElement, antialias: boolean): Promise<() => void> {
  const app = new Application();
  await app.init({
    width: place.clientWidth,
    height: place.clientHeight,
    backgroundAlpha: 0,
    antialias,
    autoDensity: true,
    resolution: Math.min(2, window.devicePixelRatio),
    preference: "webgl",
  });
  // A shader that chooses among sixteen textures is slow where there is no graphics card.
  app.renderer.limits.maxBatchableTextures = 1;
  app.canvas.setAttribute("aria-hidden", "true");
  place.append(app.canvas);
  setStageRenderer(app.renderer);
  const observer = new ResizeObserver(() => app.renderer.resize(place.clientWidth, place.clientHeight));
  observer.observe(place);
  const stillness = window.matchMedia("(prefers-reduced-motion: reduce)");
  const boards = new BoardGrid(app);
  let drawn: { message: Frame | Wall | null; shown: Shown[] } = { message: null, shown: [] };
  /** When what is drawn came, and how long after what was drawn before. */
  let [since, gap] = [0, 0];

  app.ticker.add(() => {
    const about = hello.peek();
    const message = frame.peek() ?? wall.peek();
    if (message !== drawn.message) {
      drawn = { message, shown: shownOf(message) };
      const now = performance.now();
      [since, gap] = [now, now - since];
    }
    if (about === null || drawn.shown.length === 0) return;
    const glide = stillness.matches ? 0 : Math.min(longestGlide, gap);
    columns.value = boards.draw(about.stage, drawn.shown, glide, overlays.peek());
  });
  return () => {
    observer.disconnect();
    setStageRenderer(null);
    app.destroy(true, { children: true, texture: true });
  };
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
