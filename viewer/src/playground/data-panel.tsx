import { useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { type PlaygroundName, playgroundNames } from "../../../src/supervised/data/index.js";
import { drawPoints, openSquare } from "./drawing.js";
import { pointsOf } from "./experiment.js";
import { change, settings } from "./state.js";

const labels: Record<PlaygroundName, string> = {
  circle: "Circle",
  xor: "XOR",
  gauss: "Gauss",
  spiral: "Spiral",
  plane: "Plane",
  gaussians: "Bumps",
};

/** What is learnt from. */
export function DataPanel() {
  const { train, noise, batch, seed } = settings.value;
  return (
    <section class="panel data" aria-label="Data">
      <h2>Data</h2>
      <fieldset class="pictures">
        <legend class="hidden">Data set</legend>
        {playgroundNames.map((name) => (
          <Picture key={name} name={name} />
        ))}
      </fieldset>
      <Amount
        label="Training data"
        unit=" %"
        value={train}
        range={[10, 90, 10]}
        onSet={(value) => change({ train: value })}
      />
      <Amount
        label="Noise"
        unit=" %"
        value={noise}
        range={[0, 50, 5]}
        onSet={(value) => change({ noise: value })}
      />
      <Amount
        label="Batch size"
        unit=""
        value={batch}
        range={[1, 50, 1]}
        onSet={(value) => change({ batch: value })}
      />
      <div class="seed-row">
        <button type="button" class="small" onClick={() => change({ seed: (seed + 1) % 2 ** 32 })}>
          New data
        </button>
        <label class="field">
          Seed
          <input
            type="number"
            min="0"
            max={2 ** 32 - 1}
            value={seed}
            onChange={({ currentTarget }) => {
              if (currentTarget.value !== "" && currentTarget.checkValidity()) {
                void change({ seed: currentTarget.valueAsNumber });
              } else currentTarget.value = String(seed);
            }}
          />
        </label>
      </div>
    </section>
  );
}

function Picture({ name }: { name: PlaygroundName }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useSignalEffect(() => {
    const { noise, seed } = settings.value;
    const { train } = pointsOf({ data: name, noise, seed, train: 50 });
    drawPoints(openSquare(canvas.current!), train, { radius: 1.25 });
  });
  const isChosen = settings.value.data === name;
  return (
    <label class={isChosen ? "picture chosen" : "picture"}>
      <input type="radio" name="data" checked={isChosen} onChange={() => change({ data: name })} />
      <canvas ref={canvas} />
      <span>{labels[name]}</span>
    </label>
  );
}

interface AmountProps {
  label: string;
  unit: string;
  value: number;
  range: readonly [least: number, most: number, step: number];
  onSet: (value: number) => void;
}

function Amount({ label, unit, value, range: [least, most, step], onSet }: AmountProps) {
  const text = `${value}${unit}`;
  return (
    <label class="amount">
      <span>{label}</span>
      <span class="value" aria-hidden="true">
        {text}
      </span>
      <input
        type="range"
        min={least}
        max={most}
        step={step}
        value={value}
        aria-valuetext={text}
        onInput={({ currentTarget }) => onSet(currentTarget.valueAsNumber)}
      />
    </label>
  );
}
