import * as tf from "@tensorflow/tfjs-core";
import { asFloat, defineGradient, sumTo } from "./define.js";

/** f'(x), written with the input x or with the output y, whichever is cheaper. */
type Derivative =
  | { ofInput: (x: tf.Tensor, dy: tf.Tensor) => tf.Tensor }
  | { ofOutput: (y: tf.Tensor, dy: tf.Tensor) => tf.Tensor };

/** 2 / sqrt(pi), the slope of erf at 0. */
const erfSlope = 2 / Math.sqrt(Math.PI);

const unary: Record<string, Derivative> = {
  Abs: { ofInput: (x, dy) => tf.mul(dy, tf.sign(x)) },
  Cos: { ofInput: (x, dy) => tf.mul(dy, tf.neg(tf.sin(x))) },
  Elu: { ofOutput: (y, dy) => tf.engine().runKernel("EluGrad", { dy, y }) },
  Erf: { ofInput: (x, dy) => tf.mul(dy, tf.mul(tf.exp(tf.neg(tf.square(x))), erfSlope)) },
  Exp: { ofOutput: (y, dy) => tf.mul(dy, y) },
  Expm1: { ofInput: (x, dy) => tf.mul(dy, tf.exp(x)) },
  Log: { ofInput: (x, dy) => tf.div(dy, x) },
  Log1p: { ofInput: (x, dy) => tf.div(dy, tf.add(x, 1)) },
  Neg: { ofOutput: (_y, dy) => tf.neg(dy) },
  Reciprocal: { ofOutput: (y, dy) => tf.neg(tf.mul(dy, tf.square(y))) },
  Relu: { ofOutput: (y, dy) => tf.mul(dy, tf.step(y)) },
  Relu6: { ofInput: (x, dy) => tf.mul(dy, tf.mul(tf.cast(tf.lessEqual(x, 6), "float32"), tf.step(x))) },
  Rsqrt: { ofOutput: (y, dy) => tf.mul(dy, tf.mul(tf.mul(y, tf.square(y)), -0.5)) },
  Sigmoid: { ofOutput: (y, dy) => tf.mul(dy, tf.mul(y, tf.sub(1, y))) },
  Sin: { ofInput: (x, dy) => tf.mul(dy, tf.cos(x)) },
  Softplus: { ofInput: (x, dy) => tf.mul(dy, tf.sigmoid(x)) },
  Sqrt: { ofOutput: (y, dy) => tf.div(dy, tf.mul(y, 2)) },
  Square: { ofInput: (x, dy) => tf.mul(dy, tf.mul(x, 2)) },
  Tanh: { ofOutput: (y, dy) => tf.mul(dy, tf.sub(1, tf.square(y))) },
};

function defineUnary(): void {
  for (const [kernel, derivative] of Object.entries(unary)) {
    if ("ofInput" in derivative) {
      defineGradient({
        kernel,
        inputs: ["x"],
        backward: ({ dy, inputs: [x] }) => ({ x: () => derivative.ofInput(asFloat(x!), dy) }),
      });
    } else {
      defineGradient({
        kernel,
        output: true,
        backward: ({ dy, outputs: [y] }) => ({ x: () => derivative.ofOutput(y!, dy) }),
      });
    }
  }
  defineGradient<{ alpha: number }>({
    kernel: "LeakyRelu",
    inputs: ["x"],
    backward: ({ dy, inputs: [x], attrs }) => ({ x: () => tf.mul(dy, tf.step(x!, attrs.alpha)) }),
  });
  defineGradient<{ clipValueMin: number; clipValueMax: number }>({
    kernel: "ClipByValue",
    inputs: ["x"],
    backward: ({ dy, inputs: [x], attrs }) => ({
      x: () => {
        const inside = tf.logicalAnd(
          tf.greaterEqual(x!, attrs.clipValueMin),
          tf.lessEqual(x!, attrs.clipValueMax),
        );
        return tf.where(inside, dy, tf.zerosLike(dy));
      },
    }),
  });
}

/** Kernels whose derivative is 0 wherever it exists. */
function defineFlat(): void {
  for (const kernel of ["Ceil", "Floor", "Round", "Sign", "Step", "ZerosLike", "OnesLike"]) {
    defineGradient({ kernel, backward: ({ dy }) => ({ x: () => tf.zerosLike(dy) }) });
  }
  // So that a mask may be made of what the loss is differentiated by.
  for (const kernel of ["Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual"]) {
    defineGradient({
      kernel,
      inputs: ["a", "b"],
      backward: ({ inputs: [a, b] }) => ({ a: () => tf.zeros(a!.shape), b: () => tf.zeros(b!.shape) }),
    });
  }
}

/** Gradients by both operands, before they are summed to the operands' shapes. */
type BinaryDerivative = (
  a: tf.Tensor,
  b: tf.Tensor,
  dy: tf.Tensor,
) => { a: () => tf.Tensor; b: () => tf.Tensor };

/** At a tie `a` takes the whole gradient. */
const pick =
  (better: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): BinaryDerivative =>
  (a, b, dy) => {
    const ofA = () => tf.cast(better(a, b), "float32");
    return { a: () => tf.mul(dy, ofA()), b: () => tf.mul(dy, tf.sub(1, ofA())) };
  };

const binary: Record<string, BinaryDerivative> = {
  Add: (_a, _b, dy) => ({ a: () => dy, b: () => dy }),
  Sub: (_a, _b, dy) => ({ a: () => dy, b: () => tf.neg(dy) }),
  Multiply: (a, b, dy) => ({ a: () => tf.mul(dy, b), b: () => tf.mul(dy, a) }),
  RealDiv: (a, b, dy) => ({ a: () => tf.div(dy, b), b: () => tf.neg(tf.div(tf.mul(dy, a), tf.square(b))) }),
  Maximum: pick(tf.greaterEqual),
  Minimum: pick(tf.lessEqual),
  SquaredDifference: (a, b, dy) => {
    const slope = () => tf.mul(dy, tf.mul(tf.sub(a, b), 2));
    return { a: slope, b: () => tf.neg(slope()) };
  },
  // d a^b / db = a^b log a, taken as 0 where a <= 0, as tfjs does.
  Pow: (a, b, dy) => ({
    a: () => tf.mul(dy, tf.mul(b, tf.pow(a, tf.sub(b, 1)))),
    b: () => tf.mul(dy, tf.mul(tf.pow(a, b), tf.where(tf.greater(a, 0), tf.log(a), tf.zerosLike(a)))),
  }),
};

function defineBinary(): void {
  for (const [kernel, derivative] of Object.entries(binary)) {
    defineGradient({
      kernel,
      inputs: ["a", "b"],
      backward: ({ dy, inputs: [a, b] }) => {
        const { a: byA, b: byB } = derivative(asFloat(a!), asFloat(b!), dy);
        return { a: () => sumTo(byA(), a!.shape), b: () => sumTo(byB(), b!.shape) };
      },
    });
  }
  defineGradient({
    kernel: "AddN",
    inputs: "all",
    backward: ({ dy, inputs }) => Object.fromEntries(inputs.map((_, index) => [index, () => tf.clone(dy)])),
  });
  defineGradient({
    kernel: "Select",
    inputs: ["condition"],
    backward: ({ dy, inputs: [condition] }) => ({
      condition: () => tf.zerosLike(tf.cast(condition!, "float32")),
      t: () => tf.mul(dy, tf.cast(condition!, "float32")),
      e: () => tf.mul(dy, tf.cast(tf.logicalNot(condition!), "float32")),
    }),
  });
  defineGradient({
    kernel: "Prelu",
    inputs: ["x", "alpha"],
    backward: ({ dy, inputs: [x, alpha] }) => ({
      x: () => tf.where(tf.greater(x!, 0), dy, tf.mul(dy, alpha!)),
      alpha: () => sumTo(tf.where(tf.greater(x!, 0), tf.zerosLike(dy), tf.mul(dy, x!)), alpha!.shape),
    }),
  });
}

/** Gradients of kernels that work element by element, with broadcasting. */
export function defineElementwiseGradients(): void {
  defineUnary();
  defineFlat();
  defineBinary();
}
