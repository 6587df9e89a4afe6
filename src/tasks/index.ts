import { caption } from "./caption.js";
import { cifarResnet } from "./cifar-resnet.js";
import { coraGcn } from "./cora-gcn.js";
import { mnistLenet } from "./mnist-lenet.js";
import { multitaskDigits } from "./multitask-digits.js";
import { sentiment } from "./sentiment.js";
import { shakespeareLstm } from "./shakespeare-lstm.js";
import { spiralMlp } from "./spiral.js";
import type { Task } from "./task.js";
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
  ].map((task) => [task.name, task]),
);
