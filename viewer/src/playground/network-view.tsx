import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import type { TargetedEvent } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { drawConnections, type Tide } from "./connections.js";
import { drawMap } from "./drawing.js";
import { featureNames, features } from "./features.js";
import {
  type Connection,
  connectionAt,
  connectionsOf,
  inputColumn,
  type Layout,
  layoutOf,
  type Place,
} from "./layout.js";
import { nameOf, toningOf, valuesOf } from "./neurons.js";
import { mostLayers, mostUnits } from "./settings.js";
import { type Chosen, change, hovered, maps, neurons, opened, running, settings, shown } from "./state.js";
import { WeightEditor } from "./weight-editor.js";

/** Features, neurons with their maps, and what joins them. */
export function NetworkView() {
  const box = useRef<HTMLElement>(null);
  const width = useSignal(0);
  useEffect(() => {
    const observer = new ResizeObserver(() => {
      width.value = box.current!.clientWidth;
    });
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  const layout = useComputed(() => layoutOf(settings.value, width.value));
  const { layers } = settings.value;
  return (
    <section ref={box} class="network" aria-label="Network">
      <div class="net" style={{ width: `${layout.value.width}px`, height: `${layout.value.height}px` }}>
        {width.value > 0 && <Connections layout={layout.value} />}
        {layout.value.columns.map(({ node, x }, index) => (
          <Head key={node} x={x} layer={index - 1} />
        ))}
        {layout.value.columns.flatMap(({ places }) =>
          places.map((place) =>
            place.node === inputColumn ? (
              <Feature key={`${place.node}-${place.unit}`} place={place} />
            ) : (
              <NeuronButton key={`${place.node}-${place.unit}`} place={place} layout={layout.value} />
            ),
          ),
        )}
      </div>
      <div class="depth">
        <Less
          label="Remove a layer"
          disabled={layers.length === 0}
          onClick={() => change({ layers: layers.slice(0, -1) })}
        />
        <span>
          {layers.length} hidden {layers.length === 1 ? "layer" : "layers"}
        </span>
        <More
          label="Add a layer"
          disabled={layers.length === mostLayers}
          onClick={() => change({ layers: [...layers, layers.at(-1) ?? 4] })}
        />
      </div>
    </section>
  );
}

/** What stands over a column. @param layer from 0; -1 for features */
function Head({ x, layer }: { x: number; layer: number }) {
  const { layers } = settings.value;
  const units = layers[layer];
  if (units === undefined) {
    return (
      <p class="column-head" style={{ left: `${x}px` }}>
        {layer < 0 ? "Features" : "Output"}
      </p>
    );
  }
  const resize = (count: number): Promise<void> => change({ layers: layers.with(layer, count) });
  return (
    <div class="column-head" style={{ left: `${x}px` }}>
      <span>Layer {layer + 1}</span>
      <div class="stepper">
        <Less
          label={`Fewer neurons in layer ${layer + 1}`}
          disabled={units === 1}
          onClick={() => resize(units - 1)}
        />
        <span>{units}</span>
        <More
          label={`More neurons in layer ${layer + 1}`}
          disabled={units === mostUnits}
          onClick={() => resize(units + 1)}
        />
      </div>
    </div>
  );
}

interface StepButtonProps {
  label: string;
  disabled: boolean;
  onClick: () => void;
}

function Less({ label, ...rest }: StepButtonProps) {
  return (
    <button type="button" class="round" aria-label={label} {...rest}>
      −
    </button>
  );
}

function More({ label, ...rest }: StepButtonProps) {
  return (
    <button type="button" class="round" aria-label={label} {...rest}>
      +
    </button>
  );
}

/** What makes a feature or neuron the one that is shown large. */
function lookingAt(chosen: Chosen) {
  const look = (): void => {
    hovered.value = chosen;
  };
  const leave = (): void => {
    hovered.value = null;
  };
  const lookByKey = ({ currentTarget }: TargetedEvent<HTMLButtonElement>): void => {
    if (currentTarget.matches(":focus-visible")) look();
  };
  return { onPointerEnter: look, onPointerLeave: leave, onFocus: lookByKey, onBlur: leave };
}

function Feature({ place: { node, unit, x, y } }: { place: Place }) {
  const name = featureNames[unit]!;
  const chosen = settings.value.features;
  const isOn = chosen.includes(name);
  const toggle = (): void => {
    const next = featureNames.filter((each) => (each === name ? !isOn : chosen.includes(each)));
    if (next.length > 0) void change({ features: next });
  };
  return (
    <>
      <span class={isOn ? "feature-name on" : "feature-name"} style={{ left: `${x - 8}px`, top: `${y}px` }}>
        {features[name].label}
      </span>
      <button
        type="button"
        class={isOn ? "node on" : "node off"}
        aria-pressed={isOn}
        aria-label={`Feature ${features[name].label}`}
        title={isOn && chosen.length === 1 ? "A net needs a feature" : undefined}
        style={{ left: `${x}px`, top: `${y}px` }}
        onClick={toggle}
        {...lookingAt({ node, unit })}
      >
        <NodeMap node={node} unit={unit} />
      </button>
    </>
  );
}

/** A neuron, and its weights behind it while they are open. */
function NeuronButton({ place, layout }: { place: Place; layout: Layout }) {
  const { node, unit, x, y } = place;
  const button = useRef<HTMLButtonElement>(null);
  const open = isIt(opened.value, place) ? opened.value : null;
  return (
    <>
      <button
        ref={button}
        type="button"
        class={isIt(shown.value, place) ? "node on shown" : "node on"}
        aria-expanded={open !== null}
        aria-label={`${nameOf(place)}: weights`}
        style={{ left: `${x}px`, top: `${y}px` }}
        onClick={() => {
          opened.value = open === null ? { node, unit, input: null } : null;
        }}
        {...lookingAt({ node, unit })}
      >
        <NodeMap node={node} unit={unit} />
      </button>
      {open !== null && <WeightEditor place={place} layout={layout} input={open.input} opener={button} />}
    </>
  );
}

function isIt(chosen: Chosen | null, { node, unit }: Chosen): boolean {
  return chosen?.node === node && chosen.unit === unit;
}

function NodeMap({ node, unit }: Chosen) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useSignalEffect(() => {
    const values = valuesOf({ node, unit }, maps.value);
    if (values !== null) drawMap(canvas.current!, values, toningOf({ node, unit }, settings.value));
  });
  return <canvas ref={canvas} />;
}

/** Milliseconds between two pictures of what flows. */
const flowPause = 40;

/** Lines as thick as their weights, that flow while the net learns. */
function Connections({ layout }: { layout: Layout }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const pointed = useSignal<Connection | null>(null);
  const all = connectionsOf(layout, settings.value);
  const current = useRef({ layout, all });
  current.current = { layout, all };
  const draw = (tide: Tide | null): void => {
    drawConnections(canvas.current!, {
      ...current.current,
      neurons: neurons.peek(),
      pointed: pointed.peek(),
      tide,
    });
  };
  useEffect(() => draw(null), [layout, settings.value]);
  useSignalEffect(() => {
    void neurons.value;
    void pointed.value;
    draw(null);
  });
  useSignalEffect(() => {
    if (!running.value || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    let frame = 0;
    let drawnAt = 0;
    const flow = (time: number): void => {
      if (time - drawnAt > flowPause) {
        draw({ seconds: time / 1000 });
        drawnAt = time;
      }
      frame = requestAnimationFrame(flow);
    };
    frame = requestAnimationFrame(flow);
    return () => {
      cancelAnimationFrame(frame);
      draw(null);
    };
  });
  const find = ({ offsetX, offsetY }: MouseEvent): Connection | null => connectionAt(all, [offsetX, offsetY]);
  const { value: on } = pointed;
  return (
    <>
      <canvas
        ref={canvas}
        class={on === null ? "connections" : "connections pointed"}
        style={{ width: `${layout.width}px`, height: `${layout.height}px` }}
        onPointerMove={(event) => {
          pointed.value = find(event);
        }}
        onPointerLeave={() => {
          pointed.value = null;
        }}
        onClick={(event) => {
          const found = find(event);
          opened.value = found === null ? null : { ...found.to, input: found.input };
        }}
      />
      {on !== null && <WeightTag connection={on} />}
    </>
  );
}

function WeightTag({ connection: { from, to, input } }: { connection: Connection }) {
  const weight = neurons.value.get(to.node)?.[to.unit]?.weights[input];
  if (weight === undefined) return null;
  return (
    <p
      class="weight-tag"
      style={{ left: `${(from.x + to.x) / 2 + 20}px`, top: `${(from.y + to.y) / 2 + 20}px` }}
    >
      {weight.toFixed(3)}
    </p>
  );
}
