import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { markOf } from "./figures.js";
import { progress } from "./state.js";

const height = 88;

/** Training and test loss over epochs. */
export function LossChart() {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = place.current!;
    const plot = makeChart(box);
    const stopDrawing = effect(() => {
      const { epochs, train, test } = progress.value?.curve ?? { epochs: [], train: [], test: [] };
      plot.setData([epochs, train.map(drawnOf), test.map(drawnOf)]);
    });
    const observer = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height }));
    observer.observe(box);
    const scheme = matchMedia("(prefers-color-scheme: light)");
    const recolour = (): void => plot.redraw(false, true);
    scheme.addEventListener("change", recolour);
    return () => {
      stopDrawing();
      observer.disconnect();
      scheme.removeEventListener("change", recolour);
      plot.destroy();
    };
  }, []);
  return <div ref={place} class="loss-chart" role="img" aria-label="Training and test loss over epochs" />;
}

function makeChart(box: HTMLElement): uPlot {
  const axis = {
    stroke: () => styleOf("--quiet"),
    grid: { stroke: () => styleOf("--line"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui, sans-serif",
  };
  return new uPlot(
    {
      width: box.clientWidth,
      height,
      scales: {
        // Not what uPlot makes of a single epoch.
        x: { time: false, range: ({ data: [epochs] }) => [0, Math.max(10, epochs.at(-1) ?? 0)] },
        y: { range: (_, __, highest) => [0, highest || 1] },
      },
      legend: { show: false },
      cursor: { show: false },
      // Room for half of the last mark.
      padding: [6, 16, 0, 0],
      axes: [
        { ...axis, size: 22, space: 72, grid: { show: false } },
        { ...axis, size: 44, space: 24, values: (_, marks) => marks.map(markOf) },
      ],
      series: [
        {},
        { stroke: () => styleOf("--quiet"), width: 1.5, points: { show: false } },
        { stroke: () => styleOf("--text"), width: 2, points: { show: false } },
      ],
    },
    [[], [], []],
    box,
  );
}

/** What is beyond all numbers is a gap. */
function drawnOf(loss: number): number | null {
  return Number.isFinite(loss) ? loss : null;
}

function styleOf(variable: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
}
