import type { Env } from "../../env.js";
import { GymnasiumError } from "../../errors.js";
import type { NumberArray } from "../../spaces/dtype.js";
import type { Dtype, Space } from "../../spaces/space.js";
import type { Batch, VectorEnv, VectorStep } from "../../vector/vector-env.js";
import type { Bounds } from "../affine.js";
import { DoubleBuffer } from "../double-buffer.js";
import { DtypeObservation } from "../dtype-observation.js";
import { FilterObservation } from "../filter-observation.js";
import { FlattenObservation } from "../flatten-observation.js";
import { GrayscaleObservation } from "../grayscale-observation.js";
import { ObservationWrapper } from "../observation-wrapper.js";
import { RescaleObservation } from "../rescale-observation.js";
import { ReshapeObservation } from "../reshape-observation.js";
import { ResizeObservation } from "../resize-observation.js";
import { type BatchRows, observationRows } from "./batch-rows.js";
import { VectorObservationWrapper } from "./observation-wrapper.js";
import { requireStateless, StandIn } from "./stand-in.js";

export interface VectorTransformObservationOptions {
  /** What one transformed observation is; needed unless it stays within the space inside. */
  singleObservationSpace?: Space<unknown>;
  /** The same for one observation; needed in `same-step` mode, for the last ones of episodes. */
  single?: (observation: unknown) => unknown;
}

/**
 * Shows `transformation(observations)` instead of each batch of observations.
 *
 * @throws GymnasiumError `invalid-options` if `single` is missing in `same-step` mode
 */
export class VectorTransformObservation extends VectorObservationWrapper {
  private readonly finals: DoubleBuffer<Batch>;
  private readonly inner: BatchRows;
  private readonly outer: BatchRows;
  private readonly single: (observation: unknown) => unknown;

  constructor(
    env: VectorEnv,
    private readonly transformation: (observations: Batch) => Batch,
    options: VectorTransformObservationOptions = {},
  ) {
    const { singleObservationSpace, single } = options;
    super(env, singleObservationSpace === undefined ? {} : { singleObservationSpace });
    if (single === undefined && env.autoresetMode === "same-step") {
      throw new GymnasiumError(
        "invalid-options",
        "VectorTransformObservation: `single` is missing, expected the transformation of one observation: same-step mode has last observations of single sub-environments.",
      );
    }
    this.inner = observationRows(env.singleObservationSpace, env.numEnvs);
    this.outer = observationRows(this.singleObservationSpace, env.numEnvs);
    this.finals = new DoubleBuffer(() => this.outer.allocate());
    this.single = single ?? ((observation) => observation);
  }

  protected transform(observations: Batch): Batch {
    return this.transformation(observations);
  }

  protected transformFinals(finalObservations: Batch, { terminations, truncations }: VectorStep): Batch {
    const finals = this.finals.next();
    for (let i = 0; i < this.numEnvs; i++) {
      if (terminations[i] === 0 && truncations[i] === 0) continue;
      this.outer.write(finals, i, this.single(this.inner.read(finalObservations, i)));
    }
    return finals;
  }
}

/**
 * Does what an `ObservationWrapper` does, row by row. One wrapper serves all sub-environments, so it may not remember
 * anything; `NormalizeObservation` and the like have vector classes of their own or go around each sub-environment.
 *
 * @param wrap puts the wrapper around its argument, which has the spaces of a sub-environment
 * @throws GymnasiumError `invalid-options` if the wrapper is of another kind or remembers something
 */
export class VectorizeTransformObservation extends VectorObservationWrapper {
  private readonly inner: BatchRows;
  private readonly outer: BatchRows;
  private readonly single: (observation: unknown) => unknown;
  private readonly transformed: DoubleBuffer<Batch>;
  private readonly finals: DoubleBuffer<Batch>;

  constructor(env: VectorEnv, wrap: (env: Env<never, never>) => unknown) {
    const what = "VectorizeTransformObservation";
    const wrapper = requireStateless(wrap(new StandIn(env)), ObservationWrapper<never, never, never>, what);
    super(env, { singleObservationSpace: wrapper.observationSpace });
    this.single = (observation) => wrapper["transform"](observation as never);
    this.inner = observationRows(env.singleObservationSpace, env.numEnvs);
    this.outer = observationRows(wrapper.observationSpace, env.numEnvs);
    this.transformed = new DoubleBuffer(() => this.outer.allocate());
    this.finals = new DoubleBuffer(() => this.outer.allocate());
  }

  protected transform(observations: Batch): Batch {
    const transformed = this.transformed.next();
    for (let i = 0; i < this.numEnvs; i++) this.copy(observations, transformed, i);
    return transformed;
  }

  protected transformFinals(finalObservations: Batch, { terminations, truncations }: VectorStep): Batch {
    const finals = this.finals.next();
    for (let i = 0; i < this.numEnvs; i++) {
      if (terminations[i] !== 0 || truncations[i] !== 0) this.copy(finalObservations, finals, i);
    }
    return finals;
  }

  private copy(from: Batch, to: Batch, row: number): void {
    this.outer.write(to, row, this.single(this.inner.read(from, row)));
  }
}

/** `FilterObservation` of each sub-environment. */
export class VectorFilterObservation extends VectorizeTransformObservation {
  constructor(env: VectorEnv, keys: readonly (string | number)[]) {
    super(env, (single) => new FilterObservation(single as Env, keys));
  }
}

/** `FlattenObservation` of each sub-environment. */
export class VectorFlattenObservation extends VectorizeTransformObservation {
  constructor(env: VectorEnv) {
    super(env, (single) => new FlattenObservation(single as Env));
  }
}

/** `GrayscaleObservation` of each sub-environment. */
export class VectorGrayscaleObservation extends VectorizeTransformObservation {
  constructor(env: VectorEnv, options: { keepChannel?: boolean } = {}) {
    super(env, (single) => new GrayscaleObservation(single as Env<never, unknown>, options));
  }
}

/** `ResizeObservation` of each sub-environment. */
export class VectorResizeObservation extends VectorizeTransformObservation {
  constructor(env: VectorEnv, shape: readonly [height: number, width: number]) {
    super(env, (single) => new ResizeObservation(single as Env<never, unknown>, shape));
  }
}

/** `ReshapeObservation` of each sub-environment. */
export class VectorReshapeObservation extends VectorizeTransformObservation {
  constructor(env: VectorEnv, shape: readonly number[]) {
    super(env, (single) => new ReshapeObservation(single, shape));
  }
}

/** `RescaleObservation` of each sub-environment. */
export class VectorRescaleObservation extends VectorizeTransformObservation {
  constructor(env: VectorEnv, bounds: { min: Bounds; max: Bounds }) {
    super(env, (single) => new RescaleObservation(single, bounds));
  }
}

/** `DtypeObservation` of each sub-environment. */
export class VectorDtypeObservation extends VectorizeTransformObservation {
  constructor(env: VectorEnv, dtype: Dtype) {
    super(env, (single) => new DtypeObservation<never>(single as Env<NumberArray, never>, dtype));
  }
}
