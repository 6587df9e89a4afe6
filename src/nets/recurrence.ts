import { tf } from "../tensors/index.js";

/** One step of a recurrent layer. Its states are `[batch, units]` each; the first is what it puts out. */
export interface RecurrentCell<States extends readonly tf.Tensor2D[] = readonly tf.Tensor2D[]> {
  readonly units: number;
  /** What the inputs add to its sums: `[rows, inputs]` to `[rows, gates * units]`. */
  ofInputs(x: tf.Tensor2D): tf.Tensor2D;
  /** @param ofInputs `[batch, gates * units]` */
  next(ofInputs: tf.Tensor2D, states: States): States;
}

interface Sequences<States> {
  /** `[steps * batch, inputs]`, all rows of the first step first; steps is what the batch of the states leaves. */
  x: tf.Tensor2D;
  /** Before the first step. */
  states: States;
  /**
   * `[steps * batch, 1]`, 1 where a row has that step and 0 where it is passed over and its state stays; without it all rows have
   * all steps.
   */
  present?: tf.Tensor2D | null;
  /** Begins at the last step. The outputs stay in the order of the steps. */
  backwards?: boolean;
}

/**
 * Goes through sequences, step by step.
 *
 * @returns outputs of all steps `[steps * batch, units]`, and the states after the last one
 */
export function unroll<States extends readonly tf.Tensor2D[]>(
  cell: RecurrentCell<States>,
  { x, states, present = null, backwards = false }: Sequences<States>,
): { outputs: tf.Tensor2D; states: States } {
  const steps = x.shape[0] / states[0]!.shape[0];
  // What comes from the inputs does not wait for what is remembered: one product for all steps.
  const ofInputs = parts(cell.ofInputs(x), steps, 0);
  const kept = present === null ? null : parts(present, steps, 0);
  const outputs: tf.Tensor2D[] = [];
  let now = states;
  for (let i = 0; i < steps; i++) {
    const step = backwards ? steps - 1 - i : i;
    const next = cell.next(ofInputs[step]!, now);
    now = kept === null ? next : where(kept[step]!, next, now);
    outputs[step] = now[0]!;
  }
  return { outputs: steps === 1 ? now[0]! : tf.concat2d(outputs, 0), states: now };
}

export function parts(x: tf.Tensor2D, count: number, axis: 0 | 1): tf.Tensor2D[] {
  return count === 1 ? [x] : tf.split(x, count, axis);
}

function where<States extends readonly tf.Tensor2D[]>(
  present: tf.Tensor2D,
  next: States,
  now: States,
): States {
  const absent = tf.sub(1, present);
  return next.map((state, index) =>
    tf.add(tf.mul(state, present), tf.mul(now[index]!, absent)),
  ) as unknown as States;
}
