// Answers `bench/fit.ts`: seconds of training steps on the engine that its argument names.
import { defaultRng, type Generator } from "gymnasium-js";
import { type EngineName, useEngine } from "ludus";
import { buildModel } from "../../src/nets/index.js";
import { type Batch, fitConfigSchema, Trainer } from "../../src/supervised/index.js";
import { type FitQuestion, fitSubjects } from "./fit-subjects.js";
import { answerQuestions } from "./questions.js";

/** A model in training, and what it learns from, batch after batch. */
interface Pupil {
  trainer: Trainer;
  batches: readonly Batch[];
  learningRate: number;
}

/** As in the peer. */
const batchCount = 8;

const pupils = new Map<string, Pupil>();

await useEngine(process.argv[2] as EngineName);
await answerQuestions<FitQuestion>(({ net, batch, iterations }) => {
  const { trainer, batches, learningRate } = pupilOf(net, batch);
  const start = performance.now();
  // A trainer throws for a loss that is not finite.
  for (let step = 0; step < iterations; step++) trainer.step(batches[step % batchCount]!, learningRate);
  return { seconds: (performance.now() - start) / 1000 };
});

function pupilOf(net: FitQuestion["net"], rows: number): Pupil {
  const key = `${net} ${rows}`;
  const known = pupils.get(key);
  if (known !== undefined) return known;
  const { spec, optimizer } = fitSubjects.find((subject) => subject.net === net)!;
  const rng = defaultRng(1);
  const objective = { heads: { classes: { loss: { name: "crossEntropy" } } } } as const;
  const config = fitConfigSchema.parse({ objective, optimizer });
  const trainer = new Trainer(buildModel(spec, rng), config);
  const shape = spec.inputs["inputs"]!.shape as readonly number[];
  const batches = Array.from({ length: batchCount }, () => randomBatch(rng, shape, rows));
  const pupil = { trainer, batches, learningRate: config.optimizer.learningRate };
  pupils.set(key, pupil);
  return pupil;
}

function randomBatch(rng: Generator, shape: readonly number[], rows: number): Batch {
  const pixels = shape.reduce((product, extent) => product * extent, rows);
  return {
    size: rows,
    fields: {
      inputs: { data: Float32Array.from({ length: pixels }, () => rng.random()), shape: [rows, ...shape] },
      targets: { data: Int32Array.from({ length: rows }, () => rng.integers(0, 10)), shape: [rows] },
    },
  };
}
