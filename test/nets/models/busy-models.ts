import { input, layers, modelSpec, sequential } from "../../../src/nets/index.js";

/** An encoder whose states a decoder begins with. */
export const translator = modelSpec({
  words: layers.dense({ units: 3, name: "words" })(
    layers.lstm({ units: 4, initialState: true, name: "decoder" })(
      input("written", [null, 2]),
      ...[1, 2].map((state) =>
        layers
          .lstm({ units: 4, name: `encoder${state}` })(input(`read${state}`, [null, 2]))
          .output(state),
      ),
    ),
  ),
});

/** Batch norm and spectral norm keep buffers, dropout draws. */
export const busy = sequential(
  [3],
  [
    layers.dense({ units: 4, spectralNorm: true, name: "dense" }),
    layers.batchNorm({ name: "norm" }),
    layers.dropout({ name: "dropout" }),
    layers.dense({ units: 2, name: "head" }),
  ],
);
