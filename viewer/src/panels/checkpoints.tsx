import { useState } from "preact/hooks";
import { frame, hello, send, status } from "../model.js";

/** What the run had learnt at each of its checkpoints: it plays the episode anew, or on from the step that is shown. */
export function Checkpoints() {
  const [fromHere, setFromHere] = useState(false);
  const steps = hello.value?.checkpoints ?? [];
  const now = status.value;
  if (now === null || steps.length < 2) return null;
  const at = Math.max(0, steps.indexOf(now.checkpoint ?? -1));
  const ended = frame.value?.ended != null;
  const choose = (index: number): void => {
    const step = steps[index]!;
    if (fromHere && !ended) {
      send({ type: "fork", controller: "policy", checkpoint: step });
      send({ type: "play" });
    } else send({ type: "checkpoint", step });
  };
  return (
    <div class="row">
      <label class="field grow">
        Checkpoint
        <input
          type="range"
          class="grow"
          min={0}
          max={steps.length - 1}
          value={at}
          aria-valuetext={`step ${steps[at]!.toLocaleString("en")}`}
          onInput={({ currentTarget }) => choose(Number(currentTarget.value))}
        />
        <output class="number">{steps[at]!.toLocaleString("en")}</output>
      </label>
      <label class="field">
        <input
          type="checkbox"
          checked={fromHere}
          onChange={({ currentTarget }) => setFromHere(currentTarget.checked)}
        />
        from this step on
      </label>
    </div>
  );
}
