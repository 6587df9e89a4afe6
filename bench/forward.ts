// One picture through every net of the zoo that has a published size, on seeded weights: milliseconds on each fast engine,
// and how far its answers are from the native engine's.
import { defaultRng } from "gymnasium-js";
import { type EngineName, engineReport, tf, useEngine } from "ludus";
import { buildModel, type ModelSpec, summarizeModel, type ZooEntry, zoo } from "../src/nets/index.js";
import { type Bench, type BenchOptions, type BenchRecord, compare, rounded } from "./harness/bench.js";

/** Of the largest nets a picture takes seconds: with less effort they are left out. */
const fewMultiplyAdds = 1e8;

const pictureNets = Object.entries<ZooEntry>(zoo).flatMap(([net, { build, published }]) => {
  if (published === null) return [];
  const spec = build();
  const isPicture = Object.keys(spec.inputs).join() === "inputs";
  return isPicture ? [{ net, spec, ...summarizeModel(spec) }] : [];
});

async function* run({ effort }: BenchOptions): AsyncIterable<BenchRecord> {
  const present = (await engineReport()).filter(({ available }) => available).map(({ name }) => name);
  const engines = (["native", "wasm"] as const).filter((name) => present.includes(name));
  for (const { net, spec, parameters, multiplyAdds } of pictureNets) {
    if (effort < 1 && multiplyAdds > fewMultiplyAdds) continue;
    let reference: Float32Array | null = null;
    for (const engine of engines) {
      const { answers, seconds } = await forwarded(spec, engine);
      const largestDifference = reference === null ? null : differenceOf(reference, answers);
      reference ??= answers;
      const milliseconds = rounded(1000 * seconds, 2);
      const gflops = rounded((2 * multiplyAdds) / seconds / 1e9, 2);
      yield { net, engine, parameters, multiplyAdds, milliseconds, gflops, largestDifference };
    }
  }
}

async function forwarded(spec: ModelSpec, engine: EngineName) {
  await useEngine(engine);
  const model = buildModel(spec, defaultRng(1));
  const inputs = picture(spec);
  const pass = (): Float32Array => {
    const outputs = model.apply({ inputs });
    const answers = Object.values(outputs).flatMap((output) => [...output.dataSync()]);
    tf.dispose(outputs);
    return Float32Array.from(answers);
  };
  const answers = pass();
  const work = (iterations: number) => {
    for (let i = 0; i < iterations; i++) pass();
    return answers[0]!;
  };
  const [measured] = await compare([{ name: engine, iterations: 1, work }], { repetitions: 3, warmUps: 1 });
  model.dispose();
  inputs.dispose();
  return { answers, seconds: measured!.secondsPerIteration };
}

function picture({ inputs }: ModelSpec): tf.Tensor {
  const shape = [1, ...(inputs["inputs"]!.shape as number[])];
  const rng = defaultRng(2);
  const size = shape.reduce((product, extent) => product * extent, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => rng.standardNormal()),
    shape,
  );
}

/** Largest difference, relative to the largest answer. */
function differenceOf(expected: Float32Array, answers: Float32Array): number {
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const largest = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - answers[i]!)), 0);
  return Number((largest / scale).toPrecision(2));
}

export default {
  name: "forward",
  describe: "one picture through the zoo's nets at their published sizes, and whether engines agree",
  run,
} satisfies Bench;
