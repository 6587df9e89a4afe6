import { computed } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { curves, followRuns, library } from "../comparison/library.js";
import { MetricPanel, type ShownRun } from "../comparison/metric-panel.js";
import { metrics, speedKey } from "../comparison/metrics.js";
import { records } from "../model.js";

const run = { id: "training", name: "this training", slot: 0 };

/** The training as it writes itself down. */
const live = computed<readonly ShownRun[]>(() => [
  { ...run, records: records.value.filter(({ event }) => event === "metrics" || event === "eval") },
]);

/** The same as read from its folder: the clock's records are nowhere else. */
const stored = computed<readonly ShownRun[]>(() => {
  const id = library.value?.current ?? null;
  return [{ ...run, records: (id === null ? undefined : curves.value.get(id)?.records) ?? [] }];
});

const lastStep = computed(() => Number(live.value[0]?.records.at(-1)?.["step"] ?? 0));

/** What the training that is watched has written down so far, over environment steps. */
export function Dashboard() {
  useEffect(() => followRuns(() => [library.value?.current ?? []].flat()), []);
  return (
    <>
      {metrics.map((metric) => (
        <MetricPanel
          key={metric.key}
          metric={metric}
          runs={metric.key === speedKey ? stored.value : live.value}
          lastStep={Math.max(1, lastStep.value)}
        />
      ))}
    </>
  );
}
