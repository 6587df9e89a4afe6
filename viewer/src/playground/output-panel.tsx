import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { isRegression } from "../../../src/supervised/data/index.js";
import { drawLargeMap, drawPoints, openSquare } from "./drawing.js";
import { figureOf } from "./figures.js";
import { LossChart } from "./loss-chart.js";
import { outputNode } from "./network.js";
import { nameOf, toningOf, valuesOf } from "./neurons.js";
import { change, maps, points, progress, settings, shown } from "./state.js";

const output = { node: outputNode, unit: 0 };

/** What the net says all over the plane, and how good it is. */
export function OutputPanel() {
  const { test, discrete } = settings.value;
  return (
    <section class="panel output" aria-label="Output">
      <h2>{nameOf(shown.value ?? output)}</h2>
      <Plane />
      <div class="toggles">
        <Toggle label="Test points" value={test} onSet={(value) => change({ test: value })} />
        <Toggle label="Discrete output" value={discrete} onSet={(value) => change({ discrete: value })} />
      </div>
      <Figures />
      <LossChart />
    </section>
  );
}

function Plane() {
  const map = useRef<HTMLCanvasElement>(null);
  const dots = useRef<HTMLCanvasElement>(null);
  const side = useSignal(0);
  useEffect(() => {
    const observer = new ResizeObserver(() => {
      side.value = dots.current!.clientWidth;
    });
    observer.observe(dots.current!);
    return () => observer.disconnect();
  }, []);
  useSignalEffect(() => {
    const chosen = shown.value ?? output;
    const values = valuesOf(chosen, maps.value);
    if (values === null) return;
    const { data, discrete } = settings.value;
    const isOutput = chosen.node === outputNode;
    drawLargeMap(map.current!, values, {
      toning: toningOf(chosen, settings.value),
      contour: isOutput && !isRegression(data),
      discrete: isOutput && discrete,
    });
  });
  useSignalEffect(() => {
    if (points.value === null || side.value === 0) return;
    const square = openSquare(dots.current!);
    drawPoints(square, points.value.train, { radius: 3 });
    if (settings.value.test) drawPoints(square, points.value.test, { radius: 2.5, hollow: true });
  });
  return (
    <div class="plane" role="img" aria-label={`${nameOf(shown.value ?? output)} over the plane`}>
      <canvas ref={map} class="boundary" />
      <canvas ref={dots} class="points" />
      <div class="scale" aria-hidden="true">
        <span>−1</span>
        <i />
        <span>1</span>
      </div>
    </div>
  );
}

function Figures() {
  const { data } = settings.value;
  const judgement = progress.value?.judgement;
  const [name, label] = isRegression(data) ? ["r2", "R²"] : ["accuracy", "Accuracy"];
  const loss = (value: number | undefined): string => (value === undefined ? "–" : figureOf(value, 4));
  const quality = (value: number | undefined): string => {
    if (value === undefined) return "–";
    return isRegression(data) ? figureOf(value, 3) : `${figureOf(100 * value, 1)} %`;
  };
  return (
    <table class="quality" aria-label="Loss and quality">
      <thead>
        <tr>
          <td />
          <th scope="col">Loss</th>
          <th scope="col">{label}</th>
        </tr>
      </thead>
      <tbody>
        {(["train", "test"] as const).map((part) => (
          <tr key={part} class={part}>
            <th scope="row">{part === "train" ? "Training" : "Test"}</th>
            <td data-figure={`${part}-loss`}>{loss(judgement?.[part]["loss"])}</td>
            <td data-figure={`${part}-quality`}>{quality(judgement?.[part][name!])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Toggle({ label, value, onSet }: { label: string; value: boolean; onSet: (value: boolean) => void }) {
  return (
    <label class="toggle">
      <input type="checkbox" checked={value} onChange={({ currentTarget }) => onSet(currentTarget.checked)} />
      {label}
    </label>
  );
}
