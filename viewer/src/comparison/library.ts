import { computed, effect, signal } from "@preact/signals";
import type { RunCurves, RunSummary, Runs } from "../../../src/viewer/protocol.js";
import { trouble } from "../model.js";
import { request } from "./request.js";
import { firstFreeSlot } from "./slots.js";

/** Milliseconds from one look at the folder of runs to the next. */
const period = 5000;

/** The folder of runs as the server told it last; null before the first time. */
export const library = signal<Runs | null>(null);
/** Why there is no list; null where there is one. */
export const listFault = signal<string | null>(null);
/** Slots of the runs that are laid over each other, by id. */
export const ticked = signal<ReadonlyMap<string, number>>(new Map());
/** What has been read, by id. */
export const curves = signal<ReadonlyMap<string, RunCurves>>(new Map());
/** Why a run could not be read, by id. */
export const faults = signal<ReadonlyMap<string, string>>(new Map());

/** A run that is laid over others. */
export interface TickedRun {
  summary: RunSummary;
  slot: number;
  /** Null while it is being read. */
  curves: RunCurves | null;
  fault: string | null;
}

/** In the order in which they were ticked. */
export const tickedRuns = computed<readonly TickedRun[]>(() =>
  [...ticked.value].flatMap(([id, slot]) => {
    const summary = library.value?.runs.find((run) => run.id === id);
    if (summary === undefined) return [];
    const fault = faults.value.get(id) ?? null;
    return [{ summary, slot, curves: curves.value.get(id) ?? null, fault }];
  }),
);

/** Lays a run over the others, or takes it away; none where all slots are taken. */
export function tick(id: string, wanted: boolean): void {
  if (ticked.value.has(id) === wanted) return;
  const slots = new Map(ticked.value);
  const slot = firstFreeSlot([...slots.values()]);
  if (!wanted) slots.delete(id);
  else if (slot !== null) slots.set(id, slot);
  ticked.value = slots;
}

export function untickAll(): void {
  ticked.value = new Map();
}

/**
 * Keeps the list up to date, and the curves of some runs as they grow.
 * @param wanted ids of the runs; looked at again whenever a signal changes that it reads
 * @returns what ends it
 */
export function followRuns(wanted: () => readonly string[]): () => void {
  let looking = false;
  // Whoever asks for a look while one is under way gets another one afterwards.
  let again = false;
  const look = async (): Promise<void> => {
    again = true;
    if (looking) return;
    looking = true;
    while (again) {
      again = false;
      await readList();
      for (const id of wanted()) if (!again) await readRun(id);
    }
    looking = false;
  };
  const timer = setInterval(look, period);
  // At once where there is a connection, where there is one again, and where other runs are wanted.
  const stop = effect(() => {
    wanted();
    if (trouble.value === null) queueMicrotask(look);
  });
  return () => {
    clearInterval(timer);
    stop();
  };
}

async function readList(): Promise<void> {
  const answer = await request({ type: "runs" });
  if (answer === null) return;
  if (typeof answer === "string") {
    listFault.value = answer;
    return;
  }
  listFault.value = null;
  const before = library.value;
  // What is as it was is drawn already.
  if (JSON.stringify(answer) !== JSON.stringify(before)) library.value = answer;
  const there = new Set(answer.runs.map(({ id }) => id));
  const { current } = answer;
  // The watched run comes ticked, once.
  if (current !== null && before?.current !== current && there.has(current)) tick(current, true);
  if ([...ticked.value.keys()].some((id) => !there.has(id))) {
    ticked.value = new Map([...ticked.value].filter(([id]) => there.has(id)));
  }
}

/** How far a run was when it was read last, by id. */
const readAt = new Map<string, string>();

async function readRun(id: string): Promise<void> {
  const summary = library.value?.runs.find((run) => run.id === id);
  const standing = `${summary?.state} ${summary?.step}`;
  if (summary === undefined || readAt.get(id) === standing) return;
  const answer = await request({ type: "run", id });
  if (answer === null) return;
  if (typeof answer === "string") {
    faults.value = new Map([...faults.value, [id, answer]]);
    return;
  }
  readAt.set(id, standing);
  faults.value = new Map([...faults.value].filter(([other]) => other !== id));
  curves.value = new Map([...curves.value, [id, answer]]);
}
