import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { type Layout, nodeSide, type Place } from "./layout.js";
import { inputNamesOf, nameOf } from "./neurons.js";
import { neurons, opened, settings, setWeight } from "./state.js";

const width = 208;

/** Weights that mean nothing any more: single precision would come to infinity soon. */
const largestWeight = 1e6;

interface WeightEditorProps {
  place: Place;
  layout: Layout;
  /** Which weight gets the focus; null for none. */
  input: number | null;
  /** What opens it, and has the focus back when it closes. */
  opener: RefObject<HTMLButtonElement | null>;
}

/** The weights of a neuron, each in a field. */
export function WeightEditor({ place, layout, input: first, opener }: WeightEditorProps) {
  const box = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const editor = box.current;
    editor?.scrollIntoView({ block: "nearest", inline: "nearest" });
    return () => {
      if (editor?.contains(document.activeElement)) opener.current?.focus();
    };
  }, []);
  const { node, unit } = place;
  const neuron = neurons.value.get(node)?.[unit];
  const names = inputNamesOf(node, settings.value);
  // Of the net before, while the next is made.
  if (neuron?.weights.length !== names.length) return null;
  const isRight = place.x + nodeSide + 16 + width > layout.width;
  const left = Math.max(8, isRight ? place.x - 16 - width : place.x + nodeSide + 16);
  return (
    <section
      ref={box}
      class="weight-editor"
      aria-label={`Weights of ${nameOf(place)}`}
      style={{ left: `${left}px`, top: "64px", width: `${width}px` }}
    >
      <header>
        <h3>{nameOf(place)}</h3>
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
          isFirst={first === input}
          onSet={(value) => setWeight(place, input, value)}
        />
      ))}
      <Weight
        key={`${node} ${unit} bias`}
        name="bias"
        value={neuron.bias}
        isFirst={false}
        onSet={(value) => setWeight(place, null, value)}
      />
    </section>
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
    if (!isFirst) return;
    input.current!.focus();
    input.current!.select();
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
          if (Math.abs(next) <= largestWeight) onSet(next);
          else currentTarget.value = value.toFixed(3);
        }}
      />
    </label>
  );
}
