import { frame, hello, wall } from "../model.js";

/** A bar for each action: how much better it is than the worst one, or how likely. */
export function Thoughts() {
  const shown = frame.value;
  const names = hello.value?.stage.actionNames ?? [];
  const thought = shown?.thought ?? wall.value?.thought ?? null;
  const best = thought === null ? -1 : thought.scores.indexOf(Math.max(...thought.scores));
  const action = shown === null ? best : shown.action;
  return (
    <section class="panel">
      <h2>
        {thought?.kind === "probabilities" ? "Policy" : "Q-values"}
        {wall.value === null ? "" : ", first board"}
      </h2>
      {thought === null ? (
        <p class="quiet">
          {shown?.ended != null ? "The episode is over." : "This player has no values to show."}
        </p>
      ) : (
        <ol class="bars">
          {Array.from(thought.scores, (score, i) => (
            <li key={i} class={i === action ? "bar chosen" : shown?.legal?.[i] === 0 ? "bar illegal" : "bar"}>
              <span class="name">{names[i] ?? `action ${i}`}</span>
              <span class="track">
                <span
                  class="fill"
                  style={{ transform: `scaleX(${share(thought.scores, i, thought.kind)})` }}
                />
              </span>
              <span class="number">{shown?.legal?.[i] === 0 ? "illegal" : score.toFixed(3)}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function share(scores: Float32Array, action: number, kind: "values" | "probabilities"): number {
  if (kind === "probabilities") return scores[action]!;
  // Of what is illegal, minus infinity.
  const low = Math.min(...scores.filter(Number.isFinite));
  const span = Math.max(...scores) - low;
  return span === 0 ? 0 : Math.max(0, (scores[action]! - low) / span);
}
