import { send, status } from "../model.js";

/** The episodes that were played, and what became of them from where somebody else played on. */
export function Branches() {
  const now = status.value;
  if (now === null) return null;
  return (
    <section class="panel">
      <h2>Episodes</h2>
      <ul class="branches">
        {now.branches.toReversed().map(({ id, parent, seed, length, return: score, ended, player }) => (
          <li key={id} class="with-action">
            <button
              type="button"
              class={id === now.branch ? "branch current" : "branch"}
              aria-pressed={id === now.branch}
              onClick={() => send({ type: "branch", branch: id })}
            >
              <span>{parent === null ? `seed ${seed}` : `from step ${parent.step}`}</span>
              <span class="number">{Number(score.toFixed(3))}</span>
              <span class="quiet">
                {player}, {length} steps
                {ended === null ? "" : ended === "terminated" ? ", over" : ", cut by its limit"}
              </span>
            </button>
            {now.branches.length > 1 && (
              <button
                type="button"
                aria-pressed={id === now.beside}
                aria-label={`Compare with ${player}, ${parent === null ? `seed ${seed}` : `from step ${parent.step}`}`}
                disabled={id === now.branch}
                onClick={() => send({ type: "compare", branch: id === now.beside ? null : id })}
              >
                {id === now.beside ? "Beside" : "Compare"}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
