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
                {player}, {length} {length === 1 ? "step" : "steps"}
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
      <FromSeed seed={now.branches.at(-1)?.seed ?? 0} />
    </section>
  );
}

/** Another episode, from a seed of one's own. */
function FromSeed({ seed }: { seed: number }) {
  return (
    <form
      class="with-action seed"
      onSubmit={(event) => {
        event.preventDefault();
        const { value } = event.currentTarget.elements.namedItem("seed") as HTMLInputElement;
        send({ type: "restart", seed: Number(value) });
      }}
    >
      <label class="field">
        Seed
        <input
          name="seed"
          type="number"
          required
          min={0}
          max={2 ** 32 - 1}
          step={1}
          defaultValue={String(seed)}
        />
      </label>
      <button type="submit">Begin</button>
    </form>
  );
}
