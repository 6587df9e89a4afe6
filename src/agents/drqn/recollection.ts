import type { TypedArray } from "gymnasium-js";
import type { RecurrentNet } from "../../nets/index.js";
import { capture, type Step, type tf } from "../../tensors/index.js";

/** State of an LSTM by rows, in plain memory. */
export interface RecurrentState {
  /** `[rows, units]` h */
  hidden: Float32Array;
  /** `[rows, units]` c */
  cell: Float32Array;
}

/** An LSTM's state before anything was seen: zeros. */
export function emptyState(rows: number, units: number): RecurrentState {
  return { hidden: new Float32Array(rows * units), cell: new Float32Array(rows * units) };
}

/** What a policy remembers, row by row: each row is an environment of its own. */
export class Recollection {
  /** After what was seen last. */
  state: RecurrentState;
  private before: RecurrentState;

  constructor(
    private readonly net: Pick<RecurrentNet, "units" | "input">,
    private readonly forward: ForwardStep,
    private rows = 0,
  ) {
    this.state = emptyState(rows, net.units);
    this.before = emptyState(rows, net.units);
  }

  /** Before what was seen last; of the same arrays, which are reused. */
  get previous(): RecurrentState {
    return this.before;
  }

  /**
   * Sees one more observation in each row; another number of rows than before starts anew.
   * @returns Q `[rows, actions]`, valid until the next call of the step
   */
  see(observations: TypedArray, rows: number): Float32Array {
    const { units, input } = this.net;
    if (this.rows !== rows) {
      this.rows = rows;
      this.state = emptyState(rows, units);
      this.before = emptyState(rows, units);
    }
    const { state } = this;
    const shape = [rows, units];
    const { q, hidden, cell } = this.forward.run({
      x: input.source(observations, rows),
      hidden: { data: state.hidden, shape },
      cell: { data: state.cell, shape },
    });
    [this.state, this.before] = [this.before, state];
    this.state.hidden.set(hidden);
    this.state.cell.set(cell);
    return q as Float32Array;
  }

  /** Forgets what was seen in rows whose episode has ended. */
  endEpisodes({
    terminations,
    truncations,
  }: Readonly<Record<"terminations" | "truncations", Uint8Array>>): void {
    const { units } = this.net;
    for (let row = 0; row < this.rows; row++) {
      if (terminations[row] === 0 && truncations[row] === 0) continue;
      this.state.hidden.fill(0, row * units, (row + 1) * units);
      this.state.cell.fill(0, row * units, (row + 1) * units);
    }
  }

  /** Forgets all. */
  restart(): void {
    this.state.hidden.fill(0);
    this.state.cell.fill(0);
  }
}

type ForwardStep = Step<"x" | "hidden" | "cell", Record<"q" | "hidden" | "cell", tf.Tensor>>;

/** One step of a net in each row, as a captured step. */
export function forwardStep(net: RecurrentNet, eager: boolean): ForwardStep {
  return capture(
    ({ x, hidden, cell }: Record<"x" | "hidden" | "cell", tf.Tensor>) => {
      const before = { hidden: hidden as tf.Tensor2D, cell: cell as tf.Tensor2D };
      const { outputs, state } = net.apply(net.input.decode(x), before);
      return { q: outputs, hidden: state.hidden, cell: state.cell };
    },
    { eager },
  );
}
