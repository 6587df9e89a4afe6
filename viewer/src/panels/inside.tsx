import { useEffect, useRef, useState } from "preact/hooks";
import type { FeatureMaps, Filters, Insight, ReturnDistribution } from "../../../src/agents/index.js";
import { frame, hello, send } from "../model.js";
import "./inside.css";

/** What goes on in the policy at the step that is shown: where it looks, what it expects, what its layers see. */
export function Inside() {
  const [open, setOpen] = useState(true);
  const about = hello.value;
  // A server that was gone has forgotten what this page looks at.
  useEffect(() => send({ type: "inside", on: open }), [open, about]);
  const last = useRef<Insight | null>(null);
  const net = frame.value?.inside?.net ?? null;
  if (net !== null) last.current = net;
  // At an end there is nothing to think about; what was there before stays, so that nothing jumps.
  return last.current === null ? null : <Panel net={last.current} open={open} onToggle={setOpen} />;
}

interface PanelProps {
  net: Insight;
  open: boolean;
  onToggle: (open: boolean) => void;
}

function Panel({ net, open, onToggle }: PanelProps) {
  const { saliency, distribution, filters, activations } = net;
  // What goes over the board alone needs no panel.
  if (saliency?.shape.length !== 1 && distribution === null && filters === null) return null;
  return (
    <section class="panel">
      <details class="inside" open={open} onToggle={({ currentTarget }) => onToggle(currentTarget.open)}>
        <summary>
          <h2>Inside</h2>
        </summary>
        {saliency?.shape.length === 1 && <Saliency data={saliency.data} />}
        {distribution !== null && <Returns {...distribution} />}
        {filters !== null && <FilterSheet {...filters} />}
        {activations.map((maps) => (
          <Maps key={maps.name} {...maps} />
        ))}
      </details>
    </section>
  );
}

/** Of a few values; that of pictures is laid over the board. */
function Saliency({ data }: { data: Float32Array }) {
  if (data.length > 32) return null;
  const max = Math.max(...data);
  return (
    <>
      <h3>Which values matter</h3>
      <ol class="bars">
        {Array.from(data, (value, i) => (
          <li key={i} class="bar">
            <span class="name">value {i}</span>
            <span class="track">
              <span class="fill" style={{ transform: `scaleX(${max === 0 ? 0 : value / max})` }} />
            </span>
            <span class="number">{value.toPrecision(2)}</span>
          </li>
        ))}
      </ol>
    </>
  );
}

const plot = { width: 200, height: 32 } as const;

/** How likely each return is, action by action. */
function Returns({ kind, low, high, data }: ReturnDistribution) {
  const names = hello.value?.stage.actionNames ?? [];
  const count = data.length / Math.max(1, names.length);
  const most = Math.max(...data);
  return (
    <>
      <h3>Returns it expects</h3>
      <ol class="returns">
        {names.map((name, action) => {
          const row = data.subarray(action * count, (action + 1) * count);
          return (
            <li key={name}>
              <span class="name">{name}</span>
              <svg
                viewBox={`0 0 ${plot.width} ${plot.height}`}
                preserveAspectRatio="none"
                role="img"
                aria-label={`Distribution of the return of ${name}`}
              >
                <path d={kind === "atoms" ? atoms(row, most) : quantiles(row, low, high)} />
              </svg>
            </li>
          );
        })}
      </ol>
      <p class="ends quiet">
        <span>{Number(low.toPrecision(3))}</span>
        <span>{Number(high.toPrecision(3))}</span>
      </p>
    </>
  );
}

/** Bars as high as probabilities. */
function atoms(row: Float32Array, most: number): string {
  const width = plot.width / row.length;
  return Array.from(row, (share, i) => bar(i * width, width * 0.9, (share / most) * plot.height)).join("");
}

/** Lines at the returns of which each is as likely. */
function quantiles(row: Float32Array, low: number, high: number): string {
  const span = high === low ? 1 : high - low;
  return Array.from(row, (value) =>
    bar(((value - low) / span) * (plot.width - 2), 2, plot.height * 0.8),
  ).join("");
}

function bar(x: number, width: number, height: number): string {
  return `M${x.toFixed(2)} ${plot.height}v${(-height).toFixed(2)}h${width.toFixed(2)}V${plot.height}z`;
}

/** The filters of the first convolution: what is above 0 in one colour, below in another, summed over the inputs. */
function FilterSheet({ height, width, inputs, outputs, data }: Filters) {
  const sums = new Float32Array(outputs * height * width);
  for (let i = 0; i < data.length; i++) {
    const [out, place] = [i % outputs, Math.floor(i / (inputs * outputs))];
    sums[out * height * width + place]! += data[i]!;
  }
  const most = sums.reduce((greatest, value) => Math.max(greatest, Math.abs(value)), 0);
  const colour = (tile: number, place: number): Colour => {
    const share = most === 0 ? 0 : sums[tile * height * width + place]! / most;
    const [red, green, blue] = share < 0 ? below : above;
    const strength = Math.abs(share);
    return [red * strength, green * strength, blue * strength];
  };
  return (
    <>
      <h3>
        Filters of the first layer <span class="quiet">{`${outputs} of ${height} × ${width}`}</span>
      </h3>
      <Tiles
        tiles={outputs}
        height={height}
        width={width}
        colour={colour}
        label="Filters of the first layer"
      />
    </>
  );
}

/** What each filter of a convolution found, and where. */
function Maps({ name, height, width, channels, data, max }: FeatureMaps) {
  const colour = (tile: number, place: number): Colour => {
    const share = data[place * channels + tile]! / 255;
    return [above[0] * share, above[1] * share, above[2] * share];
  };
  return (
    <>
      <h3>
        {name} <span class="quiet">{`${channels} of ${height} × ${width}, up to ${max.toPrecision(2)}`}</span>
      </h3>
      <Tiles tiles={channels} height={height} width={width} colour={colour} label={`What ${name} found`} />
    </>
  );
}

type Colour = readonly [number, number, number];

const above: Colour = [92, 200, 255];
const below: Colour = [242, 140, 75];

interface TilesProps {
  tiles: number;
  height: number;
  width: number;
  /** Of a place, counted row by row, in a tile. */
  colour: (tile: number, place: number) => Colour;
  label: string;
}

/** Small pictures in rows, one pixel apart. */
function Tiles({ tiles, height, width, colour, label }: TilesProps) {
  const place = useRef<HTMLCanvasElement>(null);
  const columns = Math.min(tiles, 8);
  const size = {
    width: columns * (width + 1) - 1,
    height: Math.ceil(tiles / columns) * (height + 1) - 1,
  };
  useEffect(() => {
    const context = place.current!.getContext("2d")!;
    const picture = context.createImageData(size.width, size.height);
    for (let tile = 0; tile < tiles; tile++) {
      const corner = {
        x: (tile % columns) * (width + 1),
        y: Math.floor(tile / columns) * (height + 1),
      };
      for (let at = 0; at < height * width; at++) {
        const [x, y] = [corner.x + (at % width), corner.y + Math.floor(at / width)];
        picture.data.set([...colour(tile, at), 255], (y * size.width + x) * 4);
      }
    }
    context.putImageData(picture, 0, 0);
  });
  return <canvas ref={place} class="tiles" {...size} role="img" aria-label={label} />;
}
