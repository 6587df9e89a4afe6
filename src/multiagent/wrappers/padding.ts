import { type Box, box, GymnasiumError, type Space } from "gymnasium-js";

/** A Box into which those of all agents fit, each at the beginning of every dimension. */
export interface PaddedBox {
  readonly space: Box<"float32">;
  /** An element of an agent's Box as one of `space`: 0 where it has nothing. */
  pad(element: unknown, agent: number): unknown;
  /** What an agent's Box has of an element of `space`. */
  crop(element: unknown, agent: number): unknown;
}

/** @param id of the wrapper and the arena, for messages */
export function padBoxes(spaces: readonly Space<unknown>[], id: string): PaddedBox {
  const boxes = spaces as readonly Box<"float32">[];
  const [first] = boxes as [Box<"float32">];
  const alike = ({ type, dtype, shape }: Box) =>
    type === "Box" && dtype === first.dtype && shape.length === first.shape.length;
  if (!boxes.every(alike) || (first.dtype as string) === "int64") {
    throw new GymnasiumError(
      "invalid-options",
      `${id}: expected Discrete spaces, or Boxes of one dtype (not int64) and as many dimensions.`,
    );
  }
  const shape = first.shape.map((_, i) => Math.max(...boxes.map((space) => space.shape[i]!)));
  const places = boxes.map((space) => placesIn(space.shape, shape));
  const size = shape.reduce((product, extent) => product * extent, 1);
  const spread = (values: ArrayLike<number>, agent: number): Float64Array => {
    const spreadOut = new Float64Array(size);
    places[agent]!.forEach((place, i) => {
      spreadOut[place] = values[i]!;
    });
    return spreadOut;
  };
  const bound = (side: "low" | "high"): Float64Array =>
    boxes
      .map((space, agent) => spread(space[side], agent))
      .reduce((all, own) => all.map((value, i) => (side === "low" ? Math.min : Math.max)(value, own[i]!)));
  const space = box({ low: bound("low"), high: bound("high"), shape, dtype: first.dtype });
  return {
    space,
    pad: (element, agent) => space.fromFlat(spread(element as ArrayLike<number>, agent)),
    crop: (element, agent) =>
      boxes[agent]!.fromFlat(Array.from(places[agent]!, (place) => (element as ArrayLike<number>)[place]!)),
  };
}

/** Where the numbers of an array, in C order, are in a larger one. */
function placesIn(shape: readonly number[], larger: readonly number[]): Int32Array {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return Int32Array.from({ length: size }, (_, i) => {
    let [rest, place, stride] = [i, 0, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += (rest % shape[axis]!) * stride;
      rest = Math.floor(rest / shape[axis]!);
      stride *= larger[axis]!;
    }
    return place;
  });
}
