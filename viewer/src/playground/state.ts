import { computed, effect, signal } from "@preact/signals";
import { FitError } from "../../../src/supervised/fit/index.js";
import { Experiment, type Judgement, type Neuron, type Points } from "./experiment.js";
import { LossCurve } from "./loss-curve.js";
import { changed, readAddress, type Settings, writeAddress } from "./settings.js";

const reading = readAddress(location.search);

export const settings = signal<Settings>(reading.settings);
/** Sentences about what is wrong in the address that was opened. */
export const faults = signal<readonly string[]>(reading.faults);
/** Why the training has stopped by itself. */
export const trouble = signal<string | null>(null);
export const running = signal(false);

/** What can be seen of the experiment; null until it is made. */
export interface Progress {
  epoch: number;
  updates: number;
  judgement: Judgement;
  curve: LossCurve;
}

export const progress = signal<Progress | null>(null);
export const points = signal<Points | null>(null);
/** By node: what its neurons say all over the grid. */
export const maps = signal<ReadonlyMap<string, readonly Float32Array[]>>(new Map());
export const neurons = signal<ReadonlyMap<string, readonly Neuron[]>>(new Map());

/** One neuron, or feature (of `inputColumn`). */
export interface Chosen {
  node: string;
  unit: number;
}

/** What is under the pointer or has the focus, and is shown large. */
export const hovered = signal<Chosen | null>(null);
/** The neuron whose weights are open, and which of them first; null for none. */
export const opened = signal<(Chosen & { input: number | null }) | null>(null);
export const shown = computed(() => hovered.value ?? opened.value);

/** Milliseconds of training in a frame: more where frames are slow anyway. */
const trainingBudget = { least: 10, most: 50 } as const;
/** Milliseconds between two drawings of all maps. */
const leastPause = 60;

let experiment: Experiment | null = null;
let curve = new LossCurve();
let drawnAt = 0;
let drawingTime = 0;
let askedFrame = 0;
let lastFrame = 0;

/** What was last begun with the experiment. */
let doing: Promise<void> = Promise.resolve();

/** Does one thing with the experiment at a time: none of them finds it halfway through another, or gone. */
function inTurn(work: () => Promise<void>): Promise<void> {
  doing = doing.then(work, work);
  return doing;
}

/** Back to epoch 0, where it waits. */
export function reset(): Promise<void> {
  running.value = false;
  return beginAnew();
}

/** Makes everything anew from the settings, at epoch 0. */
function beginAnew(): Promise<void> {
  return inTurn(async () => {
    experiment?.dispose();
    experiment = new Experiment(settings.peek());
    curve = new LossCurve();
    trouble.value = null;
    points.value = experiment.points;
    draw();
    await judge(experiment);
  });
}

/** Changes settings, and begins anew where the training depends on them. */
export async function change(changes: Partial<Settings>): Promise<void> {
  settings.value = changed(settings.value, changes);
  faults.value = [];
  if (Object.keys(changes).every((key) => isLive.has(key))) return;
  opened.value = null;
  hovered.value = null;
  await beginAnew();
}

/** Settings that may change while a net is trained. */
const isLive: ReadonlySet<string> = new Set<keyof Settings>(["learningRate", "test", "discrete"]);

export function trainOrPause(): void {
  running.value = !running.value;
  if (running.value) askForFrame();
}

/** Trains to the end of the epoch. */
export function trainEpoch(): Promise<void> {
  running.value = false;
  return inTurn(async () => {
    const { epoch } = experiment!;
    await train((current) => current.epoch > epoch);
    draw();
  });
}

export function setWeight({ node, unit }: Chosen, input: number | null, value: number): Promise<void> {
  return inTurn(async () => {
    experiment!.setWeight(node, unit, input, value);
    draw();
    await judge(experiment!);
  });
}

/** Trains until the time of a frame is over, and asks for the next. */
async function frame(): Promise<void> {
  if (!running.value) return;
  const begun = performance.now();
  const { least, most } = trainingBudget;
  const end = begun + Math.min(most, Math.max(least, (begun - lastFrame) / 2));
  lastFrame = begun;
  await train(() => performance.now() > end);
  // Large nets are drawn less often, so that they still learn.
  const isDue = performance.now() - drawnAt > Math.max(leastPause, 3 * drawingTime);
  if (isDue || !running.value) draw();
  if (running.value) askForFrame();
}

/** One at a time, however often it is asked for. */
function askForFrame(): void {
  cancelAnimationFrame(askedFrame);
  askedFrame = requestAnimationFrame(() => inTurn(frame));
}

async function train(isDone: (current: Experiment) => boolean): Promise<void> {
  const current = experiment!;
  trouble.value = null;
  try {
    do {
      if (current.step(settings.peek().learningRate)) await judge(current);
    } while (!isDone(current));
  } catch (error) {
    if (!(error instanceof FitError)) throw error;
    running.value = false;
    trouble.value = `The training has diverged after ${current.updates.toLocaleString("en")} steps. Choose a smaller learning rate and reset.`;
  }
}

async function judge(current: Experiment): Promise<void> {
  const judgement = await current.judge();
  const { epoch, updates } = current;
  curve.add(epoch, judgement.train["loss"]!, judgement.test["loss"]!);
  progress.value = { epoch, updates, judgement, curve };
}

function draw(): void {
  const begun = performance.now();
  const current = experiment!;
  maps.value = current.maps();
  neurons.value = new Map(current.nodes.map((node) => [node, current.neurons(node)]));
  drawnAt = performance.now();
  drawingTime = drawnAt - begun;
}

/** Keeps the address at what is set. */
export function keepAddress(): void {
  effect(() => history.replaceState(null, "", `?${writeAddress(settings.value)}`));
}
