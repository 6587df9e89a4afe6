import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { records } from "../model.js";

interface Line {
  key: string;
  label: string;
  /** Of evaluations, which are told apart. */
  evaluation?: boolean;
}

const charts: readonly { title: string; lines: readonly Line[] }[] = [
  {
    title: "Return",
    lines: [
      { key: "returnMean", label: "while training" },
      { key: "returnMean", label: "evaluation", evaluation: true },
    ],
  },
  { title: "Length of episodes", lines: [{ key: "lengthMean", label: "steps" }] },
  { title: "Loss", lines: [{ key: "loss", label: "loss" }] },
  { title: "Mean Q", lines: [{ key: "meanQ", label: "Q" }] },
  { title: "Epsilon", lines: [{ key: "epsilon", label: "epsilon" }] },
];

/** What the run has written down so far, over environment steps. */
export function Dashboard() {
  return (
    <>
      {charts.map(({ title, lines }) => (
        <section class="panel" key={title}>
          <h2>{title}</h2>
          <Chart title={title} lines={lines} />
        </section>
      ))}
    </>
  );
}

function Chart({ title, lines }: { title: string; lines: readonly Line[] }) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  useEffect(() => {
    const made = makeChart(place.current!, lines);
    plot.current = made;
    const observer = new ResizeObserver(([entry]) => {
      made.setSize({ width: Math.floor(entry!.contentRect.width), height: 120 });
    });
    observer.observe(place.current!);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [lines]);
  const known = records.value;
  useEffect(() => {
    plot.current?.setData(dataOf(known, lines));
  }, [known, lines]);
  return <div ref={place} class="plot" role="img" aria-label={`${title} over environment steps`} />;
}

function dataOf(known: readonly Record<string, unknown>[], lines: readonly Line[]): uPlot.AlignedData {
  const told = known.filter(({ event }) => event === "metrics" || event === "eval");
  const steps = told.map(({ step }) => Number(step));
  const columns = lines.map(({ key, evaluation = false }) =>
    told.map((record) => {
      const value = record[key];
      return (record["event"] === "eval") === evaluation && typeof value === "number" ? value : null;
    }),
  );
  return [steps, ...columns];
}

function makeChart(place: HTMLElement, lines: readonly Line[]): uPlot {
  const colour = (name: string): string =>
    getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const axis = {
    stroke: colour("--quiet"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui, sans-serif",
  };
  return new uPlot(
    {
      width: Math.max(160, Math.floor(place.clientWidth)),
      height: 120,
      scales: { x: { time: false } },
      legend: { show: lines.length > 1, live: false },
      cursor: { drag: { x: false, y: false } },
      axes: [
        { ...axis, size: 32, space: 72, values: (_, steps) => steps.map(short) },
        { ...axis, size: 48 },
      ],
      series: [
        { label: "step" },
        ...lines.map(({ label, evaluation = false }) => ({
          label,
          stroke: colour(evaluation ? "--second" : "--accent"),
          width: 2,
          spanGaps: true,
          points: { show: evaluation, size: 6 },
        })),
      ],
    },
    [[], ...lines.map(() => [])] as unknown as uPlot.AlignedData,
    place,
  );
}

function short(step: number): string {
  if (step >= 1e6) return `${Number((step / 1e6).toFixed(2))} M`;
  return step >= 1000 ? `${Number((step / 1000).toFixed(1))} k` : String(step);
}
