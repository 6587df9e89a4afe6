import type { TypedArray, VectorEnv } from "gymnasium-js";
import type { RolloutStep } from "../../streams/index.js";

/**
 * The rows of a group of agents, taken out of all and put back. In environments of `numAgents` rows per arena, row `arena * numAgents +
 * agent`.
 */
export class GroupRows {
  private readonly taken = new Map<string, TypedArray>();

  constructor(
    private readonly agents: readonly number[],
    private readonly numAgents: number,
  ) {}

  get share(): number {
    return this.agents.length / this.numAgents;
  }

  /** Of this many rows of all agents. */
  count(rows: number): number {
    return (rows / this.numAgents) * this.agents.length;
  }

  /** The group's rows, in memory that is used again for what goes by the same name. */
  take<Values extends TypedArray>(name: string, values: Values, rows: number): Values {
    const size = values.length / rows;
    const length = this.count(rows) * size;
    let taken = this.taken.get(name) as Values | undefined;
    if (taken?.length !== length || taken.constructor !== values.constructor) {
      taken = new (values.constructor as new (length: number) => Values)(length);
      this.taken.set(name, taken);
    }
    let to = 0;
    for (let first = 0; first < rows; first += this.numAgents) {
      for (const agent of this.agents) {
        const from = (first + agent) * size;
        for (let i = from; i < from + size; i++) taken[to++] = values[i]!;
      }
    }
    return taken;
  }

  put(part: TypedArray, all: TypedArray, rows: number): void {
    const size = all.length / rows;
    let from = 0;
    for (let first = 0; first < rows; first += this.numAgents) {
      for (const agent of this.agents) {
        const to = (first + agent) * size;
        for (let i = to; i < to + size; i++) all[i] = part[from++]!;
      }
    }
  }

  /** Environments of the group's rows, as far as a learner asks. */
  part(envs: VectorEnv): VectorEnv {
    const { singleObservationSpace, singleActionSpace, autoresetMode, spec } = envs;
    return {
      ...{ singleObservationSpace, singleActionSpace, autoresetMode, spec },
      numEnvs: this.count(envs.numEnvs),
      actionMasks: envs.actionMasks && this.take("masks", envs.actionMasks, envs.numEnvs),
    } as VectorEnv;
  }

  step({ next, ...step }: RolloutStep): RolloutStep {
    const rows = next.rewards.length;
    const take = <Values>(name: string, values: Values): Values =>
      values === null || values === undefined ? values : this.take(name, values as never, rows);
    return {
      ...step,
      observations: take("observations", step.observations),
      actions: take("actions", step.actions),
      actionMasks: take("actionMasks", step.actionMasks),
      nextActionMasks: take("nextActionMasks", step.nextActionMasks),
      next: {
        observations: take("next", next.observations),
        rewards: take("rewards", next.rewards),
        terminations: take("terminations", next.terminations),
        truncations: take("truncations", next.truncations),
        finalObservations: take("finals", next.finalObservations),
        ...(next.absent === undefined ? {} : { absent: take("absent", next.absent) }),
        infos: {},
        finalInfos: null,
      },
    };
  }
}
