import { type Batch, type Env, iterate, type Space, type VectorEnv, type VectorInfos } from "gymnasium-js";
import { batchActions, rowOf } from "./actions.js";
import { copyReset, copyStep, type ResetEvent } from "./play.js";

/** What one sub-environment said in one call, copied. Fields that the call does not have are null. */
export interface RowEvent {
  observation: unknown;
  /** By key, where this sub-environment said something. */
  info: Record<string, unknown>;
  reward: number | null;
  terminated: boolean;
  truncated: boolean;
  /** `same-step`: what the ended episode said last; null where none ended. */
  final: ResetEvent | null;
}

/** A seeded reset and random steps; each event is the list of the sub-environments' rows. */
export function playVector(envs: VectorEnv, seed: number, actions: readonly unknown[][]): RowEvent[][] {
  return [resetRows(envs, { seed }), ...playVectorOn(envs, actions)];
}

/** Steps through `actions`; in `disabled` mode, ended sub-environments are reset by mask before the next step. */
export function playVectorOn(envs: VectorEnv, actions: readonly unknown[][]): RowEvent[][] {
  const events: RowEvent[][] = [];
  for (const batch of actions) {
    const rows = stepRows(envs, batch);
    events.push(rows);
    const mask = rows.map(({ terminated, truncated }) => terminated || truncated);
    if (envs.autoresetMode === "disabled" && mask.includes(true)) events.push(resetRows(envs, { mask }));
  }
  return events;
}

function resetRows(envs: VectorEnv, options: { seed?: number; mask?: boolean[] }): RowEvent[] {
  const { observations, infos } = envs.reset(options);
  return rowsOf(envs, observations, infos);
}

function stepRows(envs: VectorEnv, actions: readonly unknown[]): RowEvent[] {
  const { observations, rewards, terminations, truncations, finalObservations, finalInfos, infos } =
    envs.step(batchActions(actions));
  return rowsOf(envs, observations, infos).map((row, i) => {
    const finalInfo = finalInfos?.[i] ?? null;
    return {
      ...row,
      reward: rewards[i] ?? null,
      terminated: terminations[i] === 1,
      truncated: truncations[i] === 1,
      final:
        finalInfo === null || finalObservations === null
          ? null
          : {
              observation: observationOf(envs, finalObservations, i),
              info: structuredClone({ ...finalInfo }),
            },
    };
  });
}

function rowsOf(envs: VectorEnv, observations: Batch, infos: VectorInfos): RowEvent[] {
  return Array.from({ length: envs.numEnvs }, (_, i) => ({
    observation: observationOf(envs, observations, i),
    info: infoRow(infos, i),
    reward: null,
    terminated: false,
    truncated: false,
    final: null,
  }));
}

function infoRow(infos: VectorInfos, i: number): Record<string, unknown> {
  const said = Object.entries(infos).filter(([, { mask }]) => mask[i]);
  return Object.fromEntries(said.map(([key, { values }]) => [key, structuredClone(values[i])]));
}

/** Copy of what belongs to sub-environment `i`, as an element of the single space. */
function observationOf(
  { numEnvs, singleObservationSpace: space }: VectorEnv,
  batch: Batch,
  i: number,
): unknown {
  const isTupleOfBatches = space.type === "Tuple" && Array.isArray(batch) && batch.every(ArrayBuffer.isView);
  if (isTupleOfBatches) return structuredClone(iterate(space, batch)[i]);
  return rowOf(batch, i, { numEnvs, scalar: space.type === "Discrete" });
}

/** The same play by single environments, from the definition of the three autoreset modes. */
export function playSingles(
  envs: readonly Env[],
  mode: VectorEnv["autoresetMode"],
  { seed, actions }: { seed: number; actions: readonly unknown[][] },
): RowEvent[][] {
  const ended = envs.map(() => false);
  let latest = envs.map((env, i) => afterReset(copyReset(env.reset({ seed: seed + i }))));
  const events = [latest];
  for (const batch of actions) {
    latest = envs.map((env, i) => {
      if (ended[i]) {
        ended[i] = false;
        return { ...afterReset(copyReset(env.reset())), reward: 0 };
      }
      const { terminated, truncated, reward, observation, info } = copyStep(env.step(batch[i]));
      const flags = { reward, terminated, truncated };
      const isOver = terminated || truncated;
      if (isOver && mode === "same-step") {
        return { ...afterReset(copyReset(env.reset())), ...flags, final: { observation, info } };
      }
      ended[i] = isOver;
      return { observation, info: info as Record<string, unknown>, ...flags, final: null };
    });
    events.push(latest);
    if (mode === "disabled" && ended.includes(true)) {
      // Those that go on keep their row; a masked reset says nothing of them in its infos.
      latest = envs.map((env, i) =>
        ended[i]
          ? afterReset(copyReset(env.reset()))
          : { ...latest[i]!, info: {}, reward: null, final: null },
      );
      ended.fill(false);
      events.push(latest);
    }
  }
  return events;
}

function afterReset({ observation, info }: ResetEvent): RowEvent {
  return {
    observation,
    info: info as Record<string, unknown>,
    reward: null,
    terminated: false,
    truncated: false,
    final: null,
  };
}

/** `steps` batches of random actions, the same for the same seed. */
export function sampleBatches(
  space: Space<unknown>,
  { steps, numEnvs, seed }: { steps: number; numEnvs: number; seed: number },
): unknown[][] {
  space.seed(seed);
  return Array.from({ length: steps }, () => Array.from({ length: numEnvs }, () => space.sample()));
}
