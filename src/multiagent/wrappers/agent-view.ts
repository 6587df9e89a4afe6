import type { Info, Space } from "gymnasium-js";
import type {
  AecArena,
  Arena,
  ArenaReset,
  ByAgent,
  LastTurn,
  ParallelArena,
  ParallelStep,
} from "../arena.js";
import { mapByAgent } from "../by-agent.js";
import { isOut, requireActions, resetNeeded } from "../checks.js";
import { AecWrapper } from "./aec-wrapper.js";
import { ParallelWrapper } from "./parallel-wrapper.js";

/** What a wrapper makes of an arena: one of the same interface. */
export type Wrapped<Inner extends Arena> = Inner extends AecArena ? AecArena : ParallelArena;

/** How an arena looks to one of its agents. */
interface AgentView {
  observationSpace: Space<unknown>;
  actionSpace: Space<unknown>;
  observe(observation: unknown): unknown;
  inform(info: Info): Info;
  /** The action inside, for one of an agent that is not out. @throws GymnasiumError `invalid-action` */
  act(action: unknown): unknown;
}

/**
 * An arena seen through a view of each agent, which keeps nothing from one step to the next.
 *
 * @param wrapper what this kind of wrapper is called
 * @param viewOf what is different; the rest stays as it is
 */
export function throughViews<Inner extends Arena>(
  arena: Inner,
  wrapper: string,
  viewOf: (agent: string) => Partial<AgentView>,
): Wrapped<Inner> {
  const views: Views = new Map(
    arena.possibleAgents.map((agent) => [
      agent,
      {
        observationSpace: arena.observationSpace(agent),
        actionSpace: arena.actionSpace(agent),
        observe: same,
        inform: same,
        act: same,
        ...viewOf(agent),
      },
    ]),
  );
  const viewed: Arena =
    arena.kind === "aec" ? new ViewedAec(arena, wrapper, views) : new ViewedParallel(arena, wrapper, views);
  return viewed as Wrapped<Inner>;
}

type Views = ReadonlyMap<string, AgentView>;

const same = <Value>(value: Value): Value => value;

class ViewedParallel extends ParallelWrapper {
  constructor(
    inner: ParallelArena,
    wrapper: string,
    private readonly views: Views,
  ) {
    super(inner, wrapper);
  }

  override observationSpace(agent: string): Space<unknown> {
    return this.views.get(agent)?.observationSpace ?? super.observationSpace(agent);
  }

  override actionSpace(agent: string): Space<unknown> {
    return this.views.get(agent)?.actionSpace ?? super.actionSpace(agent);
  }

  override reset(options?: ArenaReset): { observations: ByAgent<unknown>; infos: ByAgent<Info> } {
    return this.seen(super.reset(options));
  }

  override step(actions: ByAgent<unknown>): ParallelStep {
    if (this.agents.length === 0) throw resetNeeded(this.id);
    requireActions(this, actions);
    const taken = mapByAgent(actions, (action, agent) => this.views.get(agent)!.act(action));
    return this.seen(super.step(taken));
  }

  private seen<Step extends Pick<ParallelStep, "observations" | "infos">>(step: Step): Step {
    const { views } = this;
    return {
      ...step,
      observations: mapByAgent(step.observations, (seen, agent) => views.get(agent)!.observe(seen)),
      infos: mapByAgent(step.infos, (info, agent) => views.get(agent)!.inform(info)),
    };
  }
}

class ViewedAec extends AecWrapper {
  constructor(
    inner: AecArena,
    wrapper: string,
    private readonly views: Views,
  ) {
    super(inner, wrapper);
  }

  override get infos(): ByAgent<Info> {
    return mapByAgent(super.infos, (info, agent) => this.views.get(agent)!.inform(info));
  }

  override observationSpace(agent: string): Space<unknown> {
    return this.views.get(agent)?.observationSpace ?? super.observationSpace(agent);
  }

  override actionSpace(agent: string): Space<unknown> {
    return this.views.get(agent)?.actionSpace ?? super.actionSpace(agent);
  }

  override observe(agent: string): unknown {
    const observation = super.observe(agent);
    return this.views.get(agent)!.observe(observation);
  }

  override last(): LastTurn {
    const turn = super.last();
    const view = this.views.get(this.agentSelection!)!;
    return { ...turn, observation: view.observe(turn.observation), info: view.inform(turn.info) };
  }

  override step(action: unknown): void {
    const { inner, views } = this;
    const agent = inner.agentSelection;
    super.step(agent === null || isOut(inner, agent) ? action : views.get(agent)!.act(action));
  }
}
