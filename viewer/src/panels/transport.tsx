import { frame, hello, human, send, status } from "../model.js";

const speeds: readonly (number | null)[] = [1, 4, 12, 30, 60, null];

/** Time: play and pause, one step, any step, how fast, from which seed, and who acts. */
export function Transport() {
  const now = status.value;
  const shown = frame.value;
  if (now === null || shown === null) return <nav class="transport" aria-label="Time" />;
  const { hasSnapshots, human: person } = hello.value!.stage;
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
            disabled={!hasSnapshots}
            onInput={({ currentTarget }) => send({ type: "seek", step: Number(currentTarget.value) })}
          />
        </label>
        <output class="count">
          step {shown.step.toLocaleString("en")}
          <span class="quiet"> / {shown.length.toLocaleString("en")}</span>
        </output>
      </div>
      <div class="row">
        <label class="field">
          Speed
          <select
            value={String(now.speed)}
            onChange={({ currentTarget: { value } }) =>
              send({ type: "speed", speed: value === "null" ? null : Number(value) })
            }
          >
            {speeds.map((speed) => (
              <option key={String(speed)} value={String(speed)}>
                {speed === null ? "as fast as it goes" : `${speed} a second`}
              </option>
            ))}
          </select>
        </label>
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
        <Checkpoints />
      </div>
    </nav>
  );
}

function Checkpoints() {
  const steps = hello.value?.checkpoints ?? [];
  const now = status.value!;
  if (steps.length < 2) return null;
  return (
    <label class="field">
      Checkpoint
      <select
        value={String(now.checkpoint)}
        onChange={({ currentTarget: { value } }) => send({ type: "checkpoint", step: Number(value) })}
      >
        {steps.map((step) => (
          <option key={step} value={String(step)}>
            step {step.toLocaleString("en")}
          </option>
        ))}
      </select>
    </label>
  );
}
