import { signal } from "@preact/signals";
import { Fragment } from "preact";
import { configRows } from "./config-rows.js";
import { type TickedRun, tickedRuns } from "./library.js";
import { tagOf } from "./run-name.js";
import { Swatch } from "./swatch.js";

/** Configs beside each other that still can be read. */
const mostColumns = 4;

const onlyDifferences = signal(true);

/** What the ticked runs were told to do, and where they differ. */
export function ConfigTable() {
  const readable = tickedRuns.value.filter(({ curves }) => curves !== null);
  if (readable.length === 0) return null;
  const columns = readable.slice(0, mostColumns);
  const rows = configRows(columns.map(({ curves }) => curves!.config));
  const comparing = columns.length > 1;
  const shown = comparing && onlyDifferences.value ? rows.filter(({ differs }) => differs) : rows;
  return (
    <section class="panel config" aria-label="Configs">
      <div class="config-title">
        <h2>Config</h2>
        {readable.length > columns.length && (
          <span class="quiet">of the {mostColumns} runs that were ticked first</span>
        )}
        {comparing && (
          <label class="switch">
            <input
              type="checkbox"
              checked={onlyDifferences.value}
              onChange={({ currentTarget }) => {
                onlyDifferences.value = currentTarget.checked;
              }}
            />
            only what differs
          </label>
        )}
      </div>
      {shown.length === 0 ? (
        <p class="quiet">These runs have the same config, key for key.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        <section class="scrolling" aria-label="Keys of the configs" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">key</th>
                {columns.map((run) => (
                  <Heading key={run.summary.id} run={run} />
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map(({ key, values, differs }) => (
                <tr key={key} class={differs ? "differs" : undefined}>
                  <th scope="row">
                    {differs && (
                      <>
                        <span class="mark" aria-hidden="true">
                          ≠
                        </span>
                        <span class="hidden">differs: </span>
                      </>
                    )}
                    <Key path={key} />
                  </th>
                  {columns.map(({ summary }, i) => (
                    <td key={summary.id}>{values[i] ?? <span class="quiet">not set</span>}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}

/** A key that may be broken after its dots. */
function Key({ path }: { path: string }) {
  return path.split(".").map((part, i) => (
    <Fragment key={part}>
      {i > 0 && (
        <>
          .<wbr />
        </>
      )}
      {part}
    </Fragment>
  ));
}

function Heading({ run: { summary, slot } }: { run: TickedRun }) {
  return (
    <th scope="col">
      <Swatch slot={slot} />
      <span>
        {summary.agent}, seed {summary.seed}
      </span>
      <span class="quiet">{tagOf(summary)}</span>
    </th>
  );
}
