import { lenet5, type ModelSpec, resnet18Small } from "../../src/nets/index.js";

/** What `bench/fit.ts` asks its worker and `bench/peers/fit.py`; the answer is `{ seconds }`. */
export interface FitQuestion {
  net: FitSubject["net"];
  /** Images of a training step. */
  batch: number;
  threads: number;
  /** Training steps. */
  iterations: number;
}

/** A net that is trained, and the optimiser that trains it, both as in the peer. */
export interface FitSubject {
  readonly net: "lenet5" | "resnet18";
  readonly spec: ModelSpec;
  readonly optimizer: { readonly name: "adam" } | { readonly name: "sgd"; readonly momentum: number };
}

/** LeNet-5 as the task `mnist-lenet` has it, and ResNet-18 with the stem for CIFAR. */
export const fitSubjects: readonly FitSubject[] = [
  { net: "lenet5", spec: lenet5({ activation: "relu" }), optimizer: { name: "adam" } },
  { net: "resnet18", spec: resnet18Small(), optimizer: { name: "sgd", momentum: 0.9 } },
];
