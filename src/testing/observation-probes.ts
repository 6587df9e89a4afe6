import type { Space, Tuple, TypedArray } from "gymnasium-js";
import { show } from "./assertions.js";
import { calling, type Moment, playRules, type RulesPlays } from "./rules-play.js";

/** What stands around and in a place before it is written, once this and once that. */
const fillings = [85, 42] as const;

type ArrayOf = {
  new (length: number): TypedArray;
  from(values: Iterable<never>): TypedArray;
};

const arrayTypes: Record<string, ArrayOf> = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  bool: Uint8Array,
};

/** One element's place in a batch that has room on both sides. */
interface Place {
  size: number;
  /** Where it begins. */
  offset: number;
  /** What is written, in words: `observation`. */
  name: string;
  /** What writes. */
  writer: string;
}

export function checkObservations(plays: RulesPlays): void {
  playRules(plays, (moment) => {
    const { rules, state, at } = moment;
    const { observationSpace } = rules;
    const size = sizeOf(observationSpace);
    const place: Place = { size, offset: size + 8, name: "observation", writer: "observe" };
    // In doubles, which keep what the real array would round or wrap.
    const write = (out: TypedArray) => calling("observe", at, () => rules.observe(state, out, place.offset));
    const written = requireOwnPlace(place, Float64Array, { write, at });
    for (const { space, from } of membersOf(observationSpace)) {
      const numbers = written.slice(from, from + sizeOf(space)) as Float64Array;
      requireKept({ space, from, numbers }, moment);
      requireInside({ space, from, numbers }, moment);
    }
  });
}

export function checkMasks(plays: RulesPlays): void {
  playRules(plays, ({ rules, state, isRunning, at }) => {
    if (rules.actionMask === undefined) return;
    const size = Number(rules.actionSpace.describe()["n"]);
    const place: Place = { size, offset: size + 8, name: "mask", writer: "actionMask" };
    const write = (out: TypedArray) =>
      calling("actionMask", at, () => rules.actionMask?.(state, out as Uint8Array, place.offset));
    const mask = requireOwnPlace(place, Uint8Array, { write, at });
    const wrong = mask.findIndex((value) => value !== 0 && value !== 1);
    if (wrong >= 0)
      throw new Error(`actionMask wrote ${mask[wrong]} for the action ${wrong} (${at}); write 1 or 0.`);
    if (isRunning && !mask.includes(1)) {
      throw new Error(
        `actionMask leaves no legal action although the episode goes on (${at}); end the episode there with terminate, or allow an action.`,
      );
    }
  });
}

/** Numbers that rules write for an element of this space; a Tuple's members stand one after the other. */
export function sizeOf(space: Space<unknown>): number {
  if (space.type !== "Tuple") return (space.shape ?? []).reduce((product, extent) => product * extent, 1);
  return (space as Tuple).spaces.reduce((sum, member) => sum + sizeOf(member), 0);
}

/** The spaces whose elements are one array each, and where in the whole they begin. */
function membersOf(space: Space<unknown>): { space: Space<unknown>; from: number }[] {
  if (space.type !== "Tuple") return [{ space, from: 0 }];
  let from = 0;
  return (space as Tuple).spaces.map((member) => {
    const part = { space: member, from };
    from += sizeOf(member);
    return part;
  });
}

/** What was written for one space. */
interface Written {
  space: Space<unknown>;
  /** Where it begins, counted from `offset`. */
  from: number;
  numbers: Float64Array;
}

/** @returns what was written */
function requireOwnPlace(
  { size, offset, name, writer }: Place,
  Buffer: ArrayOf,
  { write, at }: { write: (out: TypedArray) => unknown; at: string },
): TypedArray {
  const own = size === 1 ? "out[offset]" : `out[offset] to out[offset + ${size - 1}]`;
  const [first, second] = fillings.map((filling) => {
    const out = new Buffer(offset + size + offset).fill(filling as never);
    const returned = write(out);
    const stray = out.findIndex((value, i) => (i < offset || i >= offset + size) && value !== filling);
    if (stray >= 0) throw strayWrite(stray - offset, `${own} (${at})`);
    return { out: out.slice(offset, offset + size), returned };
  });
  const missed = first!.out.findIndex((value, i) => !Object.is(value, second!.out[i]));
  if (missed < 0) return first!.out;
  if (first!.returned !== undefined && first!.out.every((value) => value === fillings[0])) {
    throw new Error(
      `${writer} returned ${show(first!.returned)} and wrote nothing (${at}); write the ${name} into out instead, ${own}.`,
    );
  }
  throw new Error(
    `${writer} does not write out[offset + ${missed}] (${at}), so what stood there before stays; write all ${size} numbers of the ${name} each time, zeros too.`,
  );

  function strayWrite(place: number, where: string): Error {
    const ignored = place === -offset ? ", as if offset were 0" : "";
    const index = place < 0 ? `- ${-place}` : `+ ${place}`;
    return new Error(
      `${writer} wrote at out[offset ${index}]${ignored}; the ${name} has its place at ${where}, and what lies beside it belongs to other environments.`,
    );
  }
}

/** Numbers have to be such as the space's array can hold. */
function requireKept({ space, from, numbers }: Written, { at }: Moment): void {
  const dtype = dtypeOf(space);
  const Type = arrayTypes[dtype];
  if (Type === undefined) return;
  const kept = new Type(1);
  for (const [i, value] of numbers.entries()) {
    const place = `out[offset + ${from + i}]`;
    if (Number.isNaN(value)) {
      throw new Error(
        `observe wrote NaN at ${place} (${at}); look for undefined, or for a division of 0 by 0.`,
      );
    }
    kept[0] = value;
    const isKept = dtype.startsWith("float")
      ? Number.isFinite(kept[0]) === Number.isFinite(value)
      : kept[0] === value;
    if (isKept) continue;
    throw new Error(
      `observe wrote ${value} at ${place} (${at}), but the observation is of type ${dtype}, which keeps it as ${kept[0]}; write what fits, or give the space another dtype.`,
    );
  }
}

function requireInside({ space, from, numbers }: Written, { at }: Moment): void {
  const Type = arrayTypes[dtypeOf(space)];
  if (Type === undefined) return;
  const array = Type.from(numbers as never);
  const element = space.type === "Discrete" ? array[0] : array;
  if (space.contains(element)) return;
  const facts = space.describe() as Record<string, unknown>;
  if (space.type === "Discrete") {
    const least = Number(facts["start"] ?? 0);
    throw new Error(
      `observe wrote ${element} at out[offset + ${from}] (${at}), which is outside the observation space discrete(${facts["n"]}): it has ${least} to ${least + Number(facts["n"]) - 1}.`,
    );
  }
  const [lows, highs] = [facts["low"], facts["high"]].map((bound) => [bound].flat().map(Number));
  const wrong = Array.from(array, Number).findIndex(
    (value, i) => !(value >= bound(lows, i) && value <= bound(highs, i)),
  );
  if (space.type !== "Box" || wrong < 0) {
    throw new Error(
      `observe wrote ${show(element)} (${at}), which is outside the observation space ${show(facts)}.`,
    );
  }
  throw new Error(
    `observe wrote ${array[wrong]} at out[offset + ${from + wrong}] (${at}), which is outside the observation space: there it goes from ${bound(lows, wrong)} to ${bound(highs, wrong)}. Correct the number, or widen the space.`,
  );
}

/** Bounds are one for all numbers, or one each. */
function bound(bounds: readonly number[] | undefined, i: number): number {
  return bounds?.[i] ?? bounds?.[0] ?? Number.NaN;
}

function dtypeOf(space: Space<unknown>): string {
  if (space.type === "MultiBinary") return "int8";
  return space.type === "Box" ? (space.dtype ?? "") : "int32";
}
