import { z } from "zod";
import { baselines as registry } from "../supervised/baselines/index.js";
import type { Figures } from "../supervised/index.js";
import type { ClassifierFigures } from "../supervised/protocols/index.js";
import {
  judgeMethod,
  type Method,
  methods,
  type RowMethod,
  requireSuited,
  suits,
} from "./baselines-methods.js";
import { preparedSplits, type Splits } from "./baselines-splits.js";
import { type StudyContext, studyTask, type TaskReport } from "./task.js";

const rows = z
  .int()
  .min(1)
  .default(10_000)
  .describe("rows to learn from, at most all of the training split; default 10000");

/** Methods from before deep learning and nets, in one table: the same data, split and preparation. */
export const baselines = studyTask({
  name: "baselines",
  about: "support vector machines, forest, neighbours and nets on the same data, in one table",
  data: ["mnist"],
  settings: z.strictObject({
    data: z
      .enum(["mnist", "fashion-mnist", "optdigits", "iris", "wdbc"])
      .default("mnist")
      .describe("which data; default mnist"),
    rows,
    methods: z
      .array(z.enum(methods as [Method, ...Method[]]))
      .min(1)
      .nullable()
      .default(null)
      .describe("which methods; default null: all that the data allow"),
    updates: z.int().min(1).default(1500).describe("of each net; default 1500"),
  }),
  run: async (context) => {
    const { settings, seed, load } = context;
    const splits = preparedSplits((await load(settings.data)).splits, settings.rows, seed);
    const chosen = settings.methods ?? methods.filter((method) => suits(method, splits.train));
    // Refused before there is a run.
    for (const method of chosen) requireSuited(method, splits.train);
    return compare(chosen, { splits, context, updates: settings.updates });
  },
});

export const mnistSvm = mnistBaseline({
  name: "mnist-svm",
  about: "handwritten digits by support vector machines with a kernel",
  method: "svm-rbf",
  config: registry["svm-rbf"].configSchema.prefault({}),
});

export const mnistForest = mnistBaseline({
  name: "mnist-forest",
  about: "handwritten digits by a random forest",
  method: "random-forest",
  config: registry["random-forest"].configSchema.prefault({}),
});

export const mnistKnn = mnistBaseline({
  name: "mnist-knn",
  about: "handwritten digits by their nearest neighbours",
  method: "knn",
  config: registry.knn.configSchema.prefault({}),
});

interface MnistBaseline {
  name: string;
  about: string;
  method: RowMethod;
  config: z.ZodType<object>;
}

function mnistBaseline({ name, about, method, config }: MnistBaseline) {
  return studyTask({
    name,
    about,
    data: ["mnist"],
    settings: z.strictObject({ rows, config: config.describe("of the method") }),
    run: async (context) => {
      const { settings, seed, load } = context;
      const splits = preparedSplits((await load("mnist")).splits, settings.rows, seed);
      return compare([method], { splits, context, config: settings.config });
    },
  });
}

interface Comparison {
  splits: Splits;
  context: Pick<StudyContext<unknown>, "seed" | "progress" | "record" | "breathe" | "part">;
  /** Of the only method. */
  config?: object;
  /** Of each net. */
  updates?: number;
}

/** Seconds are told as progress only: what a study leaves is the same each time. */
async function compare(
  chosen: readonly Method[],
  { splits, context: { seed, progress, record, breathe, part }, config = {}, updates = 0 }: Comparison,
): Promise<TaskReport & { figures: Figures }> {
  const results: [Method, ClassifierFigures][] = [];
  for (const [index, method] of chosen.entries()) {
    progress(`${method}, method ${index + 1} of ${chosen.length}`);
    const beganAt = performance.now();
    const options = { splits, seed, config, updates, breathe };
    const figures = await part(method, () => judgeMethod(method, options));
    const seconds = (performance.now() - beganAt) / 1000;
    progress(`${method}: accuracy ${figures.accuracy.toFixed(4)} after ${seconds.toFixed(1)} s`);
    record({ method, ...figures });
    results.push([method, figures]);
  }
  return {
    figures: Object.fromEntries(
      results.flatMap(([method, { accuracy, macroF1 }]) => {
        const prefix = results.length > 1 ? `${method}.` : "";
        return [
          [`${prefix}accuracy`, accuracy],
          [`${prefix}macroF1`, macroF1],
        ];
      }),
    ),
    tables: [
      {
        title: `${splits.train.size} rows to learn from, ${splits.test.size} to test`,
        columns: ["method", "accuracy", "macro F1"],
        rows: results.map(([method, { accuracy, macroF1 }]) => [
          method,
          accuracy.toFixed(4),
          macroF1.toFixed(4),
        ]),
      },
    ],
  };
}
