import {
  clonePlain,
  type Generator,
  type Info,
  type RenderMode,
  type RgbFrame,
  type Space,
} from "gymnasium-js";
import type { AecArena, ArenaReset, ByAgent, LastTurn, ParallelArena } from "../arena.js";
import { requireElement } from "../checks.js";
import { TurnLedger, type TurnLedgerState } from "../turn-ledger.js";

/**
 * A parallel arena as one of turns: actions are gathered, agent by agent, and done together when the last agent has chosen;
 * until then nothing is earned. Source: PettingZoo's `parallel_to_aec`.
 */
export function parallelToAec(parallel: ParallelArena): AecArena {
  return new ParallelAsAec(parallel);
}

interface SavedTurns {
  ledger: TurnLedgerState;
  chosen: ByAgent<unknown>;
  observations: ByAgent<unknown>;
  infos: ByAgent<Info>;
}

class ParallelAsAec implements AecArena {
  readonly id: string;
  readonly possibleAgents: readonly string[];
  readonly renderMode: RenderMode | null;
  readonly stateSpace: Space<unknown> | null;
  private readonly ledger: TurnLedger;
  /** Actions of this round. */
  private chosen: ByAgent<unknown> = {};
  private observations: ByAgent<unknown> = {};
  private known: ByAgent<Info> = {};

  constructor(private readonly parallel: ParallelArena) {
    this.id = parallel.id;
    this.possibleAgents = parallel.possibleAgents;
    this.renderMode = parallel.renderMode;
    this.stateSpace = parallel.stateSpace;
    this.ledger = new TurnLedger(this.id, this.possibleAgents);
  }

  get rng(): Generator {
    return this.parallel.rng;
  }

  get agents(): readonly string[] {
    return this.ledger.agents;
  }

  get agentSelection(): string | null {
    return this.ledger.selection;
  }

  get rewards(): ByAgent<number> {
    return this.ledger.rewards;
  }

  get terminations(): ByAgent<boolean> {
    return this.ledger.terminations;
  }

  get truncations(): ByAgent<boolean> {
    return this.ledger.truncations;
  }

  get infos(): ByAgent<Info> {
    return Object.fromEntries(this.agents.map((name) => [name, this.known[name] ?? {}]));
  }

  observationSpace(agent: string): Space<unknown> {
    return this.parallel.observationSpace(agent);
  }

  actionSpace(agent: string): Space<unknown> {
    return this.parallel.actionSpace(agent);
  }

  reset(options: ArenaReset = {}): void {
    const { observations, infos } = this.parallel.reset(options);
    this.observations = observations;
    this.known = infos;
    this.chosen = {};
    this.ledger.begin(this.parallel.agents[0]!);
  }

  observe(agent: string): unknown {
    // Asks for the space so that a stranger is refused.
    this.observationSpace(agent);
    return this.observations[agent];
  }

  last(): LastTurn {
    const name = this.ledger.requireSelection();
    return { observation: this.observe(name), ...this.ledger.last(), info: this.known[name] ?? {} };
  }

  step(action: unknown): void {
    const { ledger, parallel } = this;
    const name = ledger.requireSelection();
    if (ledger.leave(action)) return;
    const chosen = { ...this.chosen, [name]: action };
    const next = parallel.agents.find((agent) => !(agent in chosen));
    if (next !== undefined) {
      requireElement(parallel, name, action);
      this.chosen = chosen;
      ledger.enter(nothing, () => next);
      return;
    }
    const { observations, rewards, terminations, truncations, infos } = parallel.step(chosen);
    this.chosen = {};
    this.observations = observations;
    this.known = infos;
    ledger.enter(
      (agent) => {
        const of = this.possibleAgents[agent]!;
        return { reward: rewards[of]!, terminated: terminations[of]!, truncated: truncations[of]! };
      },
      () => parallel.agents[0] ?? ledger.agents[0]!,
    );
  }

  agentIter(): Iterable<string> {
    return this.ledger.iterate();
  }

  state(): unknown {
    return this.parallel.state();
  }

  render(): string | RgbFrame | null {
    return this.parallel.render();
  }

  close(): void {
    this.parallel.close();
    this.ledger.clear();
  }

  snapshot(): unknown {
    const { chosen, observations, known: infos } = this;
    const turns: SavedTurns = { ledger: this.ledger.save(), chosen, observations, infos };
    return { parallel: this.parallel.snapshot(), turns: clonePlain(turns) };
  }

  restore(snapshot: unknown): void {
    const { parallel, turns } = (snapshot ?? {}) as { parallel?: unknown; turns?: SavedTurns };
    this.parallel.restore(parallel);
    const { ledger, chosen, observations, infos } = clonePlain(turns!);
    this.ledger.restore(ledger);
    Object.assign(this, { chosen, observations, known: infos });
  }
}

const nothing = () => ({ reward: 0, terminated: false, truncated: false });
