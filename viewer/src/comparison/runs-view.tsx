import { useEffect } from "preact/hooks";
import { human, send, standstill, status, trouble } from "../model.js";
import { ConfigTable } from "./config-table.js";
import { CurveCharts } from "./curve-charts.js";
import { followRuns, library, listFault, ticked, tickedRuns } from "./library.js";
import { Picker } from "./picker.js";
import { nameOf } from "./run-name.js";

/** The runs of the folder, laid over each other. */
export function RunsView() {
  useEffect(() => followRuns(() => [...ticked.value.keys()]), []);
  useEffect(() => {
    // A game waits for who plays it.
    if (human.value && status.value?.playing === true) send({ type: "pause" });
  }, []);
  useEffect(() => {
    // The keys of the play mean nothing here.
    const keep = (event: Event): void => event.stopPropagation();
    document.addEventListener("keydown", keep);
    return () => document.removeEventListener("keydown", keep);
  }, []);
  const known = library.value;
  return (
    <main class="runs">
      {standstill.value !== null && known !== null && (
        <p class="panel fault wide" role="status">
          {standstill.value}
        </p>
      )}
      {known === null ? <NoList /> : known.runs.length === 0 ? <NoRuns /> : <Comparison />}
    </main>
  );
}

function NoList() {
  const why = trouble.value ?? listFault.value;
  return (
    <div class={why === null ? "panel empty wide" : "panel empty fault wide"} role="status">
      <p>{why ?? "Looking into the folder of runs ..."}</p>
      {trouble.value === null && why !== null && (
        <p class="quiet">
          It is looked at again every few seconds; <code>ludus watch last --runs FOLDER</code> shows the runs
          of another folder.
        </p>
      )}
    </div>
  );
}

function NoRuns() {
  return (
    <div class="panel empty wide">
      <h2>There are no runs here yet</h2>
      <p>
        <code>ludus train CartPole-v1</code> makes one in seconds, and it shows up here by itself. The folder
        is <code>runs</code>, or the one that <code>--runs</code> names.
      </p>
    </div>
  );
}

function Comparison() {
  const runs = tickedRuns.value;
  const reading = runs.filter(({ curves, fault }) => curves === null && fault === null);
  return (
    <>
      <Picker />
      <div class="comparison">
        {runs.map(
          ({ summary, fault }) =>
            fault !== null && (
              <p key={summary.id} class="panel fault" role="status">
                {nameOf(summary)}: {fault}
              </p>
            ),
        )}
        {runs.length === 0 && (
          <p class="panel empty">Tick a run to see its curves, and another to lay them over each other.</p>
        )}
        {reading.length > 0 && trouble.value === null && (
          <p class="quiet" role="status">
            Reading {reading.map(({ summary }) => nameOf(summary)).join("; ")} ...
          </p>
        )}
        <CurveCharts />
        <ConfigTable />
      </div>
    </>
  );
}
