import { SaveMenu } from "../export/save-menu.js";
import { frame, hello, human, send, status } from "../model.js";
import { Checkpoints } from "./checkpoints.js";
import { Speed } from "./speed.js";

/** Time: play and pause, one step, any step, how fast, from which seed, and who acts. */
export function Transport() {
  const now = status.value;
  const shown = frame.value;
  if (now === null || shown === null) return <nav class="transport" aria-label="Time" />;
  const { mode, stage } = hello.value!;
  const { hasSnapshots, human: person } = stage;
  return (
    <nav class="transport" aria-label="Time">
      <div class="row">
        <button
          type="button"
          class="primary"
          aria-keyshortcuts="Space"
          onClick={() => send({ type: now.playing ? "pause" : "play" })}
        >
          {now.playing ? "Pause" : "Play"}
        </button>
        <button type="button" aria-keyshortcuts="." onClick={() => send({ type: "step" })}>
          Step
        </button>
        <label class="scrubber">
          <span class="hidden">Step of the episode</span>
          <input
            type="range"
            min={0}
            max={Math.max(1, shown.length)}
            value={shown.step}
            disabled={!hasSnapshots && mode !== "replay"}
            onInput={({ currentTarget }) => send({ type: "seek", step: Number(currentTarget.value) })}
          />
        </label>
        <output class="count">
          step {shown.step.toLocaleString("en")}
          <span class="quiet"> / {shown.length.toLocaleString("en")}</span>
        </output>
      </div>
      <div class="row">
        <Speed />
        {mode !== "replay" && (
          <>
            <button type="button" onClick={() => send({ type: "restart", seed: null })}>
              Next episode
            </button>
            <button
              type="button"
              class={human.value ? "primary" : ""}
              disabled={shown.ended !== null || person === null}
              onClick={() => send({ type: "fork", controller: human.value ? "policy" : "human" })}
            >
              {human.value ? "Hand back" : "Take over"}
            </button>
          </>
        )}
        <SaveMenu />
      </div>
      <Checkpoints />
    </nav>
  );
}
