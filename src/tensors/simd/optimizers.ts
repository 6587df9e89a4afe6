import { type Code, countDown, f32, f32x4, type Local, type ModuleBuilder, v128 } from "./assembler.js";

/** The same arithmetic on one float and on four. */
interface Lanes {
  bytes: number;
  load(pointer: Local): Code;
  store(pointer: Local, value: Code): Code;
  constant(value: Local): Code;
  zero: Code;
  add(a: Code, b: Code): Code;
  sub(a: Code, b: Code): Code;
  mul(a: Code, b: Code): Code;
  div(a: Code, b: Code): Code;
  sqrt(a: Code): Code;
  /** max(a, 0), which keeps NaN. */
  positive(a: Code): Code;
  /**
   * Subnormal numbers as 0. A moment without new gradients decays to the smallest subnormal and stays there, and
   * processors compute with those up to a hundred times slower.
   */
  normal(a: Code): Code;
}

/** The smallest normal float32. */
const smallestNormal = f32.const(2 ** -126);

const one: Lanes = {
  bytes: 4,
  load: (pointer) => f32.load(pointer.get),
  store: (pointer, value) => f32.store(pointer.get, value),
  constant: (value) => value.get,
  zero: f32.const(0),
  add: f32.add,
  sub: f32.sub,
  mul: f32.mul,
  div: f32.div,
  sqrt: f32.sqrt,
  positive: (a) => f32.max(a, f32.const(0)),
  normal: (a) => f32.select(f32.const(0), a, f32.less(f32.abs(a), smallestNormal)),
};

const four: Lanes = {
  bytes: 16,
  load: (pointer) => v128.load(pointer.get),
  store: (pointer, value) => v128.store(pointer.get, value),
  constant: (value) => f32x4.splat(value.get),
  zero: v128.zero,
  add: f32x4.add,
  sub: f32x4.sub,
  mul: f32x4.mul,
  div: f32x4.div,
  sqrt: f32x4.sqrt,
  positive: (a) => f32x4.pmax(a, v128.zero),
  normal: (a) => v128.andNot(a, f32x4.less(f32x4.abs(a), f32x4.splat(smallestNormal))),
};

/**
 * Loops over `size` elements, four at a time and then one at a time; `update` writes the arithmetic for one group,
 * with a temporary of the group's type for every name in `temporaries`.
 */
function addUpdate<Pointer extends string, Constant extends string, Temporary extends string>(
  module: ModuleBuilder,
  name: string,
  names: { pointers: readonly Pointer[]; constants: readonly Constant[]; temporaries: readonly Temporary[] },
  update: (lanes: Lanes, at: Record<Pointer | Constant | Temporary, Local>) => Code,
): void {
  const parameters = [
    ...names.pointers.map((pointer) => [pointer, "i32"] as const),
    ["size", "i32"] as const,
    ...names.constants.map((constant) => [constant, "f32"] as const),
  ];
  module.add<Pointer | Constant | "size">(name, { parameters }, (locals, scope) => {
    const loop = (lanes: Lanes, type: "f32" | "v128"): Code => {
      const temporaries = Object.fromEntries(
        names.temporaries.map((temporary) => [temporary, scope.local(type)]),
      );
      const at = { ...locals, ...temporaries } as Record<Pointer | Constant | Temporary, Local>;
      const advance = names.pointers.flatMap((pointer) => locals[pointer].advance(lanes.bytes));
      return countDown(locals.size, lanes.bytes / 4, [...update(lanes, at), ...advance]);
    };
    return [...loop(four, "v128"), ...loop(one, "f32")];
  });
}

/** SGD without momentum, and with (plain or Nesterov). See `updateParameter` for the formulas. */
function addSgd(module: ModuleBuilder): void {
  const constants = ["scale", "learningRate"] as const;
  addUpdate(
    module,
    "sgd",
    { pointers: ["weights", "gradient"], constants, temporaries: [] },
    (lanes, { weights, gradient, scale, learningRate }) => {
      const g = lanes.mul(lanes.load(gradient), lanes.constant(scale));
      return lanes.store(weights, lanes.sub(lanes.load(weights), lanes.mul(lanes.constant(learningRate), g)));
    },
  );
  for (const nesterov of [false, true]) {
    addUpdate(
      module,
      nesterov ? "sgdNesterov" : "sgdMomentum",
      {
        pointers: ["weights", "gradient", "velocity"],
        constants: [...constants, "momentum"],
        temporaries: ["g", "v"],
      },
      (lanes, { weights, gradient, velocity, scale, learningRate, momentum, g, v }) => {
        const decayed = (x: Code) => lanes.mul(lanes.constant(momentum), x);
        const change = nesterov ? lanes.add(g.get, decayed(v.get)) : v.get;
        return [
          ...g.set(lanes.mul(lanes.load(gradient), lanes.constant(scale))),
          ...v.set(lanes.add(decayed(lanes.load(velocity)), g.get)),
          ...lanes.store(velocity, lanes.normal(v.get)),
          ...lanes.store(
            weights,
            lanes.sub(lanes.load(weights), lanes.mul(lanes.constant(learningRate), change)),
          ),
        ];
      },
    );
  }
}

/** RMSProp, centred or not, with momentum or not. */
function addRmsprop(module: ModuleBuilder): void {
  for (const centered of [false, true]) {
    for (const withMomentum of [false, true]) {
      addUpdate(
        module,
        `rmsprop${centered ? "Centered" : ""}${withMomentum ? "Momentum" : ""}`,
        {
          pointers: [
            "weights",
            "gradient",
            "square",
            ...(centered ? ["mean"] : []),
            ...(withMomentum ? ["velocity"] : []),
          ],
          constants: [
            "scale",
            "learningRate",
            "decay",
            "gain",
            "epsilon",
            ...(withMomentum ? ["momentum"] : []),
          ],
          temporaries: ["g", "m", "variance", "change"],
        },
        (lanes, at) => rmspropCode(lanes, at as Record<RmspropName, Local>, { centered, withMomentum }),
      );
    }
  }
}

type RmspropName =
  | "weights"
  | "gradient"
  | "square"
  | "mean"
  | "velocity"
  | "scale"
  | "learningRate"
  | "decay"
  | "gain"
  | "epsilon"
  | "momentum"
  | "g"
  | "m"
  | "variance"
  | "change";

function rmspropCode(
  lanes: Lanes,
  at: Record<RmspropName, Local>,
  { centered, withMomentum }: { centered: boolean; withMomentum: boolean },
): Code {
  const { g, m, variance, change } = at;
  const average = (old: Code, value: Code): Code =>
    lanes.add(lanes.mul(lanes.constant(at.decay), old), lanes.mul(lanes.constant(at.gain), value));
  return [
    ...g.set(lanes.mul(lanes.load(at.gradient), lanes.constant(at.scale))),
    ...variance.set(average(lanes.load(at.square), lanes.mul(g.get, g.get))),
    ...lanes.store(at.square, lanes.normal(variance.get)),
    ...(centered
      ? [
          ...m.set(average(lanes.load(at.mean), g.get)),
          ...lanes.store(at.mean, lanes.normal(m.get)),
          ...variance.set(lanes.positive(lanes.sub(variance.get, lanes.mul(m.get, m.get)))),
        ]
      : []),
    ...change.set(lanes.div(g.get, lanes.add(lanes.sqrt(variance.get), lanes.constant(at.epsilon)))),
    ...(withMomentum
      ? [
          ...change.set(
            lanes.add(lanes.mul(lanes.constant(at.momentum), lanes.load(at.velocity)), change.get),
          ),
          ...lanes.store(at.velocity, lanes.normal(change.get)),
        ]
      : []),
    ...lanes.store(
      at.weights,
      lanes.sub(lanes.load(at.weights), lanes.mul(lanes.constant(at.learningRate), change.get)),
    ),
  ];
}

function addAdam(module: ModuleBuilder): void {
  addUpdate(
    module,
    "adam",
    {
      pointers: ["weights", "gradient", "mean", "square"],
      constants: ["scale", "beta1", "gain1", "beta2", "gain2", "stepSize", "rootCorrection", "epsilon"],
      temporaries: ["g", "m", "v"],
    },
    (lanes, at) => {
      const { g, m, v } = at;
      const average = (decay: Local, old: Code, gain: Local, value: Code): Code =>
        lanes.add(lanes.mul(lanes.constant(decay), old), lanes.mul(lanes.constant(gain), value));
      const root = lanes.mul(lanes.sqrt(v.get), lanes.constant(at.rootCorrection));
      const change = lanes.div(
        lanes.mul(lanes.constant(at.stepSize), m.get),
        lanes.add(root, lanes.constant(at.epsilon)),
      );
      return [
        ...g.set(lanes.mul(lanes.load(at.gradient), lanes.constant(at.scale))),
        ...m.set(average(at.beta1, lanes.load(at.mean), at.gain1, g.get)),
        ...v.set(average(at.beta2, lanes.load(at.square), at.gain2, lanes.mul(g.get, g.get))),
        ...lanes.store(at.mean, lanes.normal(m.get)),
        ...lanes.store(at.square, lanes.normal(v.get)),
        ...lanes.store(at.weights, lanes.sub(lanes.load(at.weights), change)),
      ];
    },
  );
}

/** Adds the fused updates: one pass over weights, gradient and moments, in float32. */
export function addOptimizers(module: ModuleBuilder): void {
  addSgd(module);
  addRmsprop(module);
  addAdam(module);
}
