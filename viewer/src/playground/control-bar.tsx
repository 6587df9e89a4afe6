import { isRegression } from "../../../src/supervised/data/index.js";
import {
  activationNames,
  type LossName,
  learningRates,
  lossesFor,
  optimizerNames,
  penaltyNames,
  penaltyRates,
} from "./settings.js";
import { change, progress, reset, running, settings, trainEpoch, trainOrPause } from "./state.js";

const lossLabels: Record<LossName, string> = {
  logistic: "Logistic",
  hinge: "Hinge",
  squaredHinge: "Squared hinge",
  exponential: "Exponential",
  mse: "Squared",
  mae: "Absolute",
  huber: "Huber",
};

const activationLabels = {
  tanh: "Tanh",
  relu: "ReLU",
  sigmoid: "Sigmoid",
  linear: "Linear",
  elu: "ELU",
  leakyRelu: "Leaky ReLU",
  silu: "SiLU",
} as const;

const optimizerLabels = { sgd: "SGD", adam: "Adam" } as const;
const penaltyLabels = { none: "None", l1: "L1", l2: "L2" } as const;
const dropouts = [0, 10, 20, 30, 50] as const;

/** What the training is, and when it runs. */
export function ControlBar() {
  const now = settings.value;
  return (
    <section class="panel control-bar" aria-label="Training">
      <Time />
      <Choice
        label="Learning rate"
        value={now.learningRate}
        values={learningRates}
        onChoose={(learningRate) => change({ learningRate })}
      />
      <Choice
        label="Optimiser"
        value={now.optimizer}
        values={optimizerNames}
        text={(name) => optimizerLabels[name]}
        onChoose={(optimizer) => change({ optimizer })}
      />
      <Choice
        label="Activation"
        value={now.activation}
        values={activationNames}
        text={(name) => activationLabels[name]}
        onChoose={(activation) => change({ activation })}
      />
      <Choice
        label="Regularisation"
        value={now.penalty}
        values={penaltyNames}
        text={(name) => penaltyLabels[name]}
        onChoose={(penalty) => change({ penalty })}
      />
      <Choice
        label="Penalty rate"
        value={now.penaltyRate}
        values={penaltyRates}
        disabled={now.penalty === "none"}
        onChoose={(penaltyRate) => change({ penaltyRate })}
      />
      <Choice
        label="Dropout"
        value={now.dropout}
        values={dropouts}
        text={(percent) => (percent === 0 ? "None" : `${percent} %`)}
        onChoose={(dropout) => change({ dropout })}
      />
      <Choice
        label="Problem"
        isWide
        value={isRegression(now.data) ? "Regression" : "Classification"}
        values={["Classification", "Regression"]}
        onChoose={(problem) => change({ data: problem === "Regression" ? "plane" : "circle" })}
      />
      <Choice
        label="Loss"
        value={now.loss}
        values={lossesFor(now.data)}
        text={(name) => lossLabels[name]}
        onChoose={(loss) => change({ loss })}
      />
    </section>
  );
}

function Time() {
  const epoch = progress.value?.epoch ?? 0;
  return (
    <div class="time">
      <button type="button" class="icon" onClick={reset} aria-label="Reset" title="Back to epoch 0">
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M3 8a5 5 0 1 0 1.6-3.7M3 1.8v3.4h3.4" />
        </svg>
      </button>
      <button type="button" class="primary" onClick={trainOrPause} title="Space">
        {running.value ? "Pause" : "Train"}
      </button>
      <button type="button" onClick={trainEpoch} title="One epoch (full stop)">
        Step
      </button>
      <dl class="epoch">
        <dt>Epoch</dt>
        <dd>{epoch.toLocaleString("en")}</dd>
      </dl>
    </div>
  );
}

interface ChoiceProps<Value extends string | number> {
  label: string;
  value: Value;
  /** A value of an address that is not among them is added. */
  values: readonly Value[];
  text?: (value: Value) => string;
  disabled?: boolean;
  isWide?: boolean;
  onChoose: (value: Value) => void;
}

function Choice<Value extends string | number>({
  label,
  value,
  values,
  text = String,
  disabled = false,
  isWide = false,
  onChoose,
}: ChoiceProps<Value>) {
  const all = values.includes(value) ? values : [...values, value].sort((a, b) => Number(a) - Number(b));
  return (
    <label class={isWide ? "choice wide" : "choice"}>
      <span>{label}</span>
      <select
        value={String(value)}
        disabled={disabled}
        onChange={({ currentTarget }) => onChoose(all[currentTarget.selectedIndex]!)}
      >
        {all.map((each) => (
          <option key={each} value={String(each)} selected={each === value}>
            {text(each)}
          </option>
        ))}
      </select>
    </label>
  );
}
