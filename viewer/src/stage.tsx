import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { BranchSummary, Frame } from "../../src/viewer/protocol.js";
import { endInWords } from "./arena.js";
import { frame, hello, records, status, wall } from "./model.js";
import "./stage.css";
import { columns, hasField, openCanvas, overlays } from "./stage-canvas.js";

/** The play, drawn as large as there is room for, gliding from step to step unless motion is unwelcome. */
export function StageView() {
  const place = useRef<HTMLDivElement>(null);
  const losses = useSignal(0);
  const undrawable = useSignal(false);
  const mode = hello.value?.mode;
  const lost = losses.value;
  useEffect(() => {
    if (mode === undefined) return;
    let stopped = false;
    let stop = (): void => {};
    const onLost = (): void => {
      losses.value = lost + 1;
    };
    openCanvas(place.current!, onLost).then(
      (close) => {
        if (stopped) close();
        else stop = close;
        undrawable.value = false;
      },
      () => {
        undrawable.value = true;
      },
    );
    return () => {
      stopped = true;
      stop();
    };
  }, [mode, lost]);
  return (
    <>
      <div ref={place} class="canvas" />
      <Scores />
      <Overlays />
      {undrawable.value && (
        <p class="over">
          The play cannot be drawn, since this browser has no WebGL, or it is switched off. All else works.
        </p>
      )}
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
    const saliency = hasField.value && net?.saliency?.shape.length === 2;
    known.current = { saliency, values: table !== null };
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
  const { stage } = hello.value!;
  // Of these the end is to be seen on the board, over which nothing should lie.
  const isArena = stage.arena !== null;
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
          {!compared && shown.ended !== null && isArena && <small>{endInWords(stage, shown)}</small>}
        </dd>
      </dl>
      {!compared && shown.ended !== null && !isArena && <p class="over">{endInWords(stage, shown)}</p>}
    </div>
  );
}

function nameOf({ player, parent, seed }: BranchSummary): string {
  return `${player}, ${parent === null ? `seed ${seed}` : `from step ${parent.step}`}`;
}

/** A play whose frames are empty, or a training without states that has written something and shown nothing. */
function nothingToDraw(): boolean {
  const shown = frame.value;
  const about = hello.value;
  if (about?.mode === "train") {
    return !about.stage.hasState && records.value.length > 2 && wall.value === null;
  }
  return shown !== null && shown.state === null && shown.picture === null;
}
