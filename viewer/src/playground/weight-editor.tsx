import { useEffect, useRef } from "preact/hooks";
import type { Layout } from "./layout.js";
import { nodeSide } from "./layout.js";
import { inputNamesOf, nameOf } from "./neurons.js";
import { type Chosen, neurons, opened, settings, setWeight } from "./state.js";

const width = 208;

/** The weights of the neuron that is open, each in a field. */
export function WeightEditor({ layout }: { layout: Layout }) {
  const chosen = opened.value;
  const neuron = chosen === null ? undefined : neurons.value.get(chosen.node)?.[chosen.unit];
  if (chosen === null || neuron === undefined) return null;
  const { node, unit } = chosen;
  const place = layout.columns.find((column) => column.node === node)!.places[unit]!;
  const isRight = place.x + nodeSide + 16 + width > layout.width;
  const left = Math.max(8, isRight ? place.x - 16 - width : place.x + nodeSide + 16);
  const names = inputNamesOf(node, settings.value);
  return (
    <section
      class="weight-editor"
      aria-label={`Weights of ${nameOf(chosen)}`}
      style={{ left: `${left}px`, top: "64px", width: `${width}px` }}
    >
      <header>
        <h3>{nameOf(chosen)}</h3>
        <button
          type="button"
          class="round"
          aria-label="Close"
          onClick={() => {
            opened.value = null;
          }}
        >
          ×
        </button>
      </header>
      {names.map((name, input) => (
        <Weight
          key={`${node} ${unit} ${name}`}
          name={name}
          value={neuron.weights[input]!}
          isFirst={chosen.input === input}
          onSet={(value) => setWeight(chosen, input, value)}
        />
      ))}
      <Bias chosen={chosen} value={neuron.bias} />
    </section>
  );
}

function Bias({ chosen, value }: { chosen: Chosen; value: number }) {
  return (
    <Weight
      key={`${chosen.node} ${chosen.unit} bias`}
      name="bias"
      value={value}
      isFirst={false}
      onSet={(next) => setWeight(chosen, null, next)}
    />
  );
}

interface WeightProps {
  name: string;
  value: number;
  /** Whether it gets the focus. */
  isFirst: boolean;
  onSet: (value: number) => void;
}

function Weight({ name, value, isFirst, onSet }: WeightProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (isFirst) input.current!.select();
  }, [isFirst]);
  // What is being typed is not written over by what is learnt.
  useEffect(() => {
    if (document.activeElement !== input.current) input.current!.value = value.toFixed(3);
  }, [value]);
  return (
    <label class={value < 0 ? "weight negative" : "weight"}>
      <span>{name}</span>
      <input
        ref={input}
        type="number"
        step="0.1"
        onChange={({ currentTarget }) => {
          const next = currentTarget.valueAsNumber;
          if (Number.isFinite(next)) onSet(next);
          else currentTarget.value = value.toFixed(3);
        }}
      />
    </label>
  );
}
