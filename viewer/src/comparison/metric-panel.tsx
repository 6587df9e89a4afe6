import { useEffect, useMemo, useRef } from "preact/hooks";
import type uPlot from "uplot";
import {
  curveOf,
  type EvaluationPoint,
  evaluationsOf,
  figure,
  lastUpTo,
  type Metric,
  type RunRecords,
} from "./metrics.js";
import { dataOf, makePlot, type PlottedRun, widthOf } from "./plot.js";
import { hovered, readOffStep } from "./read-off.js";
import { Dot, Swatch } from "./swatch.js";

/** A run that charts show. */
export interface ShownRun {
  id: string;
  /** What people call it. */
  name: string;
  slot: number;
  records: RunRecords;
}

export interface MetricPanelProps {
  metric: Metric;
  runs: readonly ShownRun[];
  /** The last step of the charts that belong together. */
  lastStep: number;
}

interface Drawn extends PlottedRun {
  run: ShownRun;
}

/** One metric of all shown runs: a chart, and in figures what it says at the step that is read off. */
export function MetricPanel({ metric, runs, lastStep }: MetricPanelProps) {
  const drawn = useMemo(() => runs.map((run) => drawnOf(run, metric)), [runs, metric]);
  const known = drawn.some(({ curve, evaluations }) => curve.steps.length + evaluations.length > 0);
  const step = readOffStep.value;
  return (
    <section class="panel metric">
      <div class="metric-title">
        <h2>{metric.title}</h2>
        <span class="quiet">{step === null ? "newest" : `step ${step.toLocaleString("en")}`}</span>
      </div>
      <p class="quiet metric-about">{metric.about}</p>
      <ul class="readings">
        {drawn.map((one) => (
          <li key={one.run.id}>
            <Swatch slot={one.run.slot} />
            <span class="hidden">{one.run.name}: </span>
            <ReadingText reading={readingOf(one, step)} slot={one.slot} />
          </li>
        ))}
      </ul>
      {known ? (
        <Chart label={summaryOf(metric, drawn)} drawn={drawn} lastStep={lastStep} />
      ) : (
        <p class="quiet nothing">
          {runs.some(({ records }) => records.length > 0)
            ? "These runs have not written this down."
            : "Nothing is written down yet."}
        </p>
      )}
    </section>
  );
}

function drawnOf(run: ShownRun, { key, evaluated }: Metric): Drawn {
  const evaluations = evaluated ? evaluationsOf(run.records, key) : [];
  return { run, slot: run.slot, curve: curveOf(run.records, key), evaluations };
}

interface Reading {
  curve: string;
  /** Of the newest evaluation by then; null where there was none. */
  evaluation: string | null;
}

/** What was known of a run at a step, in figures. */
function readingOf({ run, curve, evaluations }: Drawn, step: number | null): Reading {
  if (step !== null && step > endOf(run)) return { curve: "–", evaluation: null };
  const value = curve.values[lastUpTo(curve.steps, step)] ?? null;
  const steps = evaluations.map((evaluation) => evaluation.step);
  const evaluation = evaluations[lastUpTo(steps, step)];
  return {
    curve: value === null ? "–" : figure(value),
    evaluation: evaluation === undefined ? null : evaluationText(evaluation),
  };
}

function endOf({ records }: ShownRun): number {
  return Number(records.at(-1)?.["step"] ?? 0);
}

function evaluationText({ mean, interval }: EvaluationPoint): string {
  return interval === null ? figure(mean) : `${figure(mean)} ± ${figure(interval.high - mean)}`;
}

function ReadingText({ reading: { curve, evaluation }, slot }: { reading: Reading; slot: number }) {
  return (
    <>
      <span>{curve}</span>
      {evaluation !== null && (
        <span class="evaluation">
          <Dot slot={slot} />
          <span class="hidden">evaluated at </span>
          {evaluation}
        </span>
      )}
    </>
  );
}

/** The chart in words, for whoever does not see it. */
function summaryOf({ title }: Metric, drawn: readonly Drawn[]): string {
  const newest = drawn.map((one) => {
    const { curve, evaluation } = readingOf(one, null);
    const evaluated = evaluation === null ? "" : `, evaluated at ${evaluation}`;
    return `${one.run.name}: ${curve}${evaluated} at step ${endOf(one.run).toLocaleString("en")}`;
  });
  return `${title} over environment steps. ${newest.join("; ")}.`;
}

const height = 168;

interface ChartProps {
  label: string;
  drawn: readonly Drawn[];
  lastStep: number;
}

function Chart({ label, drawn, lastStep }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const shown = useRef({ drawn, lastStep });
  shown.current = { drawn, lastStep };
  const slots = drawn.map(({ slot }) => slot).join(" ");
  useEffect(() => {
    const box = place.current!;
    const made = makePlot({
      place: box,
      height,
      slots: shown.current.drawn.map(({ slot }) => slot),
      plotted: () => shown.current.drawn,
      lastStep: () => shown.current.lastStep,
      onHover: (step) => {
        hovered.value = step;
      },
    });
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: widthOf(box), height }));
    observer.observe(box);
    const scheme = matchMedia("(prefers-color-scheme: light)");
    const recolour = (): void => made.redraw(false, true);
    scheme.addEventListener("change", recolour);
    return () => {
      observer.disconnect();
      scheme.removeEventListener("change", recolour);
      made.destroy();
      // A pointer over a chart that goes does not leave it.
      hovered.value = null;
    };
    // Another set of runs is another set of lines.
  }, [slots]);
  useEffect(() => plot.current?.setData(dataOf(drawn)), [drawn, lastStep, slots]);
  const step = readOffStep.value;
  useEffect(() => {
    const left = step === null || step > lastStep ? -10 : (plot.current?.valToPos(step, "x") ?? -10);
    plot.current?.setCursor({ left, top: left < 0 ? -10 : 0 }, false);
  }, [step, lastStep, slots]);
  return <div ref={place} class="plot" role="img" aria-label={label} />;
}
