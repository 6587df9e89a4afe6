import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { frame, send, series } from "../model.js";

/** The value that the policy saw, and the return so far, over the episode; a click goes to a step. */
export function ValueLine() {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  useEffect(() => {
    const made = makePlot(place.current!);
    plot.current = made;
    const observer = new ResizeObserver(([entry]) => {
      made.setSize({ width: Math.floor(entry!.contentRect.width), height: 160 });
    });
    observer.observe(place.current!);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, []);
  const { rewards, values } = series.value;
  const step = frame.value?.step ?? 0;
  useEffect(() => {
    let sum = 0;
    const returns = [0, ...rewards.map((reward) => (sum += reward))];
    const steps = returns.map((_, i) => i);
    const seen = steps.map((at) => (Number.isFinite(values[at]) ? values[at]! : null));
    plot.current?.setData([steps, seen, returns]);
    plot.current?.setCursor({ left: plot.current.valToPos(step, "x"), top: -10 }, false);
  }, [rewards, values, step]);
  return (
    <section class="panel">
      <h2>Over the episode</h2>
      <div ref={place} class="plot" role="img" aria-label="Value and return over the steps of the episode" />
    </section>
  );
}

function makePlot(place: HTMLElement): uPlot {
  const colour = (name: string): string =>
    getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const axis = {
    stroke: colour("--quiet"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui, sans-serif",
  };
  const plot = new uPlot(
    {
      width: Math.max(160, Math.floor(place.clientWidth)),
      height: 160,
      scales: { x: { time: false } },
      legend: { show: true, live: false },
      cursor: { drag: { x: false, y: false }, y: false },
      axes: [
        { ...axis, size: 32 },
        { ...axis, size: 48 },
      ],
      series: [
        { label: "step" },
        { label: "value seen", stroke: colour("--accent"), width: 2, points: { show: false } },
        { label: "return so far", stroke: colour("--second"), width: 2, points: { show: false } },
      ],
    },
    [[], [], []],
    place,
  );
  plot.over.addEventListener("click", (event) => {
    send({ type: "seek", step: Math.max(0, Math.round(plot.posToVal(event.offsetX, "x"))) });
  });
  return plot;
}
