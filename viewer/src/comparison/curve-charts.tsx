import { computed } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { tickedRuns } from "./library.js";
import { MetricPanel, type ShownRun } from "./metric-panel.js";
import { metrics } from "./metrics.js";
import { chosen, readOffStep } from "./read-off.js";
import { nameOf, tagOf } from "./run-name.js";
import { Swatch } from "./swatch.js";

const shownRuns = computed<readonly ShownRun[]>(() =>
  tickedRuns.value.flatMap(({ summary, slot, curves }) =>
    curves === null ? [] : [{ id: summary.id, name: nameOf(summary), slot, records: curves.records }],
  ),
);

const lastStep = computed(() =>
  Math.max(1, ...shownRuns.value.map(({ records }) => Number(records.at(-1)?.["step"] ?? 0))),
);

/** The curves of the ticked runs, a chart for each metric. */
export function CurveCharts() {
  const runs = shownRuns.value;
  if (runs.length === 0) return null;
  return (
    <>
      <div class="legend-bar">
        <Legend />
        <ReadOff />
      </div>
      <div class="charts">
        {metrics.map((metric) => (
          <MetricPanel key={metric.key} metric={metric} runs={runs} lastStep={lastStep.value} />
        ))}
      </div>
    </>
  );
}

function Legend() {
  return (
    <ul class="legend" aria-label="Runs in the charts">
      {tickedRuns.value.map(({ summary, slot }) => (
        <li key={summary.id}>
          <Swatch slot={slot} />
          <span>{nameOf(summary)}</span>
          <span class="quiet">{tagOf(summary)}</span>
        </li>
      ))}
    </ul>
  );
}

/** Chooses the step that all charts are read off at; so does a pointer over any of them. */
function ReadOff() {
  useEffect(
    () => () => {
      chosen.value = null;
    },
    [],
  );
  const step = readOffStep.value;
  const last = lastStep.value;
  return (
    <label class="read-off">
      <span class="quiet">Read off at</span>
      <input
        type="range"
        min="0"
        max={last}
        step={Math.max(1, Math.round(last / 200))}
        value={step ?? last}
        aria-valuetext={step === null ? "the newest of each run" : `step ${step}`}
        onInput={({ currentTarget: { valueAsNumber } }) => {
          chosen.value = valueAsNumber >= last ? null : valueAsNumber;
        }}
      />
      <output>{step === null ? "newest" : `step ${step.toLocaleString("en")}`}</output>
    </label>
  );
}
