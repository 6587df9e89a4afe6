import { signal } from "@preact/signals";
import type { RunSummary } from "../../../src/viewer/protocol.js";
import { library, tick, ticked, untickAll } from "./library.js";
import { figure } from "./metrics.js";
import { folderOf, nameOf } from "./run-name.js";
import { slotCount } from "./slots.js";
import { Swatch } from "./swatch.js";

/** Runs that are looked over without a filter. */
const fewEnough = 8;

const filter = signal("");

/** The runs there are, to tick those that are laid over each other. */
export function Picker() {
  const runs = library.value?.runs ?? [];
  const shown = runs.filter((run) => fits(run, filter.value));
  const count = ticked.value.size;
  return (
    <aside class="panel picker" aria-label="Runs">
      <div class="picker-title">
        <h2>Runs</h2>
        <span class="quiet" role="status">
          {count} of {runs.length} ticked{count === slotCount ? `, ${slotCount} at most` : ""}
        </span>
        <button type="button" class="small" disabled={count === 0} onClick={untickAll}>
          Clear
        </button>
      </div>
      {runs.length > fewEnough && (
        <input
          type="search"
          class="filter"
          aria-label="Filter the runs"
          placeholder="Filter, such as: breakout dqn done"
          value={filter.value}
          onInput={({ currentTarget }) => {
            filter.value = currentTarget.value;
          }}
        />
      )}
      <ul class="picks">
        {shown.map((run) => (
          <Pick key={run.id} run={run} />
        ))}
      </ul>
      {shown.length === 0 && <p class="quiet">No run fits the filter; take a word of it away.</p>}
    </aside>
  );
}

function Pick({ run }: { run: RunSummary }) {
  const slot = ticked.value.get(run.id) ?? null;
  const { step, steps, state, bestReturn } = run;
  return (
    <li>
      <label class={slot === null ? "pick" : "pick ticked"}>
        <input
          type="checkbox"
          checked={slot !== null}
          disabled={slot === null && ticked.value.size === slotCount}
          onChange={({ currentTarget }) => tick(run.id, currentTarget.checked)}
        />
        <span class="pick-name">
          <span>{run.env}</span>
          <span class="quiet">
            {run.agent}, seed {run.seed}
            {run.id === library.value?.current && ", watched"}
          </span>
        </span>
        <span class="pick-best">
          <span>{bestReturn === null ? "–" : figure(bestReturn)}</span>
          <span class="quiet">best return</span>
        </span>
        <span class="pick-more quiet">
          <span class={`state ${state}`}>{state}</span>
          <span>
            {step.toLocaleString("en")} / {steps.toLocaleString("en")} steps
          </span>
        </span>
        <span class="pick-id quiet">{folderOf(run)}</span>
        {slot !== null && <Swatch slot={slot} />}
      </label>
    </li>
  );
}

/** Whether a run has every word somewhere. */
function fits(run: RunSummary, words: string): boolean {
  const text = `${nameOf(run)} ${run.state} ${run.id}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
