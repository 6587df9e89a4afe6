import { randomForestConfigSchema } from "./forest/config.js";
import { fitRandomForest, restoreRandomForest } from "./forest/forest.js";
import { fitKnn, knnConfigSchema, restoreKnn } from "./knn.js";
import { fitHmm, hmmConfigSchema, restoreHmm } from "./sequences/hmm.js";
import { fitMarkov, markovConfigSchema, restoreMarkov } from "./sequences/markov.js";
import { linearSvmConfigSchema, svmConfigSchema } from "./svm/config.js";
import { fitSvm } from "./svm/fit.js";
import { fitLinearSvm, restoreLinearSvm } from "./svm/linear.js";
import { restoreSvm } from "./svm/svm.js";

/**
 * Methods from before deep learning, by name. Those of kind `rows` fit `LabelledRows` and give a `Classifier`; those of kind
 * `sequences` fit `SymbolSequences` and give a `SequenceModel`. `restore` takes what a fitted one's `save` gave.
 */
export const baselines = {
  "svm-rbf": {
    kind: "rows",
    description: "support vector machine with a kernel, one against one",
    configSchema: svmConfigSchema,
    fit: fitSvm,
    restore: restoreSvm,
  },
  "svm-linear": {
    kind: "rows",
    description: "linear support vector machine, one against the rest",
    configSchema: linearSvmConfigSchema,
    fit: fitLinearSvm,
    restore: restoreLinearSvm,
  },
  "random-forest": {
    kind: "rows",
    description: "random forest of decision trees",
    configSchema: randomForestConfigSchema,
    fit: fitRandomForest,
    restore: restoreRandomForest,
  },
  knn: {
    kind: "rows",
    description: "k nearest neighbours by Euclidean distance",
    configSchema: knnConfigSchema,
    fit: fitKnn,
    restore: restoreKnn,
  },
  markov: {
    kind: "sequences",
    description: "Markov chain of any order over symbols",
    configSchema: markovConfigSchema,
    fit: fitMarkov,
    restore: restoreMarkov,
  },
  hmm: {
    kind: "sequences",
    description: "hidden Markov model of symbols",
    configSchema: hmmConfigSchema,
    fit: fitHmm,
    restore: restoreHmm,
  },
} as const;

export type BaselineName = keyof typeof baselines;
