import { baselines, mnistForest, mnistKnn, mnistSvm } from "./baselines.js";
import { shakespeareHmm, shakespeareMarkov } from "./baselines-text.js";
import { caption } from "./caption.js";
import { cifarResnet } from "./cifar-resnet.js";
import { coraGcn } from "./cora-gcn.js";
import { mnistLenet } from "./mnist-lenet.js";
import { multitaskDigits } from "./multitask-digits.js";
import { pretraining } from "./pretraining.js";
import { regimes } from "./regimes.js";
import { sentiment } from "./sentiment.js";
import { shakespeareLstm } from "./shakespeare-lstm.js";
import { spiralMlp } from "./spiral.js";
import type { Task } from "./task.js";
import { transfer } from "./transfer.js";
import { translate } from "./translate.js";

export type {
  FitTask,
  LoadedDataset,
  PreparedFit,
  ReportTable,
  StudyContext,
  StudyTask,
  Task,
  TaskContext,
  TaskReport,
} from "./task.js";
export { fitTask, studyTask } from "./task.js";

/** Everything that `ludus fit` knows, by name. */
export const tasks: Readonly<Record<string, Task>> = Object.fromEntries(
  [
    spiralMlp,
    mnistLenet,
    cifarResnet,
    coraGcn,
    shakespeareLstm,
    sentiment,
    translate,
    caption,
    multitaskDigits,
    transfer,
    pretraining,
    regimes,
    baselines,
    mnistSvm,
    mnistForest,
    mnistKnn,
    shakespeareMarkov,
    shakespeareHmm,
  ].map((task) => [task.name, task]),
);
