/**
 * A model of one's own, fitted to data of one's own: drawn digits, two heads on one trunk.
 */
import {
  batchesOf,
  buildModel,
  chain,
  dataset,
  fit,
  fitConfigSchema,
  Generator,
  glyphDigits,
  input,
  layers,
  modelSpec,
  summarizeModel,
  takeRows,
  useEngine,
} from "ludus";

await useEngine("auto");
const digits = glyphDigits({ size: 1200, rng: new Generator(1) });
const round = Int32Array.from(digits.fields["targets"]!.data, (digit) =>
  [0, 6, 8, 9].includes(digit) ? 1 : 0,
);
const data = dataset({ ...digits.fields, round: { data: round, shape: [] } });
const rows = (from: number, to: number) =>
  takeRows(
    data,
    Array.from({ length: to - from }, (_, i) => from + i),
  );
const batches = (part: ReturnType<typeof rows>) =>
  batchesOf(part, { batchSize: 50, seed: 1, convert: { inputs: { scale: 1 / 255 } } });

const trunk = chain(
  layers.conv2d({ filters: 8, size: 5, stride: 2, activation: "relu" }),
  layers.conv2d({ filters: 16, size: 3, stride: 2, activation: "relu" }),
  layers.flatten(),
  layers.dense({ units: 48, activation: "relu" }),
)(input("image", [28, 28, 1]));
const spec = modelSpec({
  digit: layers.dense({ units: 10, name: "digit" })(trunk),
  round: layers.dense({ units: 1, name: "round" })(trunk),
});
console.log(`${summarizeModel(spec).parameters} parameters`);

const config = fitConfigSchema.parse({
  objective: {
    heads: {
      digit: { loss: { name: "crossEntropy" }, metrics: ["accuracy"] },
      round: { target: "round", loss: { name: "logistic" }, metrics: ["accuracy"] },
    },
  },
  epochs: 8,
  optimizer: { name: "adam", learningRate: 0.003 },
});
const model = buildModel(spec, new Generator(1));
fit(model, { train: batches(rows(0, 1000)), validation: batches(rows(1000, 1200)) }, config).subscribe({
  next(event) {
    if (event.kind !== "epoch") return;
    const { loss, "digit.accuracy": digit, "round.accuracy": closed } = event.validation!;
    console.log(
      `epoch ${event.epoch}: loss ${loss!.toFixed(3)}, digit ${(100 * digit!).toFixed(1)} %, round ${(100 * closed!).toFixed(1)} %`,
    );
  },
  complete: () => model.dispose(),
});
