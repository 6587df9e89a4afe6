import { Generator, type GeneratorState, type Info, type RandomSource, SeedSequence } from "gymnasium-js";
import {
  type ArenaRules,
  type Player,
  randomPlayer,
  roleOf,
  rolesOf,
  type Seating,
} from "../../multiagent/index.js";
import type { RolloutStep } from "../../streams/index.js";
import type { NamedArrays } from "../../tensors/index.js";
import type { RunConfig } from "../config.js";
import type { AnyAgent } from "../kinds/index.js";
import { type ArenaConfig, rulesOfRun } from "./config.js";
import { expectedScore, newRating, rated } from "./elo.js";
import type { ArenaRunConfig } from "./env-maker.js";
import { seatPlayer, seatPolicy } from "./seat-policy.js";

/** A self of before. */
export interface LeagueMember {
  /** Counted from 0, in the order of joining. */
  readonly id: number;
  /** Environment steps that it had made. */
  readonly step: number;
  rating: number;
  games: number;
}

/** All of a league but the weights. */
export interface LeagueState {
  members: readonly LeagueMember[];
  rating: number;
  nextId: number;
  returns: Float64Array;
  /** Ids of those that are met now. */
  met: readonly number[];
  generator: GeneratorState;
}

/** A self of before, at hand. */
interface Chair {
  agent: AnyAgent;
  player: Player;
  /** Whose weights it has. */
  member: number;
}

/** Who plays as the learner itself, as it now is. */
const present = -1;

/** Apart from the streams that the run's seed has for other things. */
const leagueStream = 0x1ea9e;

/** Past selves that are met at a time. To take over another's weights costs more than an action. */
const metTogether = 4;

/** Agents at hand for them, and for those whose last games are not over yet. */
const mostChairs = 8;

/**
 * The selves of a learner that plays against itself: who is on the other seats of an episode is drawn here, results make ratings,
 * and the learner's self joins from time to time. Agents of the learner's own role are its mates, and play as it does now.
 *
 * Past selves drawn by skill weigh (1 - p)^2, where the learner is expected to score p against them: those that are beaten for sure
 * are hardly met. Drawn uniformly, an average over the league is what fictitious play learns.
 * Source: Vinyals et al. 2019 (prioritised fictitious self-play), https://doi.org/10.1038/s41586-019-1724-z
 */
export class League implements Seating<unknown> {
  private readonly setting: ArenaConfig["league"];
  private readonly rules: ArenaRules;
  private readonly hasMates: boolean;
  private readonly members = new Map<number, LeagueMember>();
  private readonly weights = new Map<number, NamedArrays>();
  private rating = newRating;
  private nextId = 0;
  private readonly returns: Float64Array;
  /** Until it is opened, anybody. */
  private live: Player;
  private learner: AnyAgent | null = null;
  private createAgent: (() => AnyAgent) | null = null;
  /** The one that was asked for last comes last. */
  private readonly chairs: Chair[] = [];
  private met: number[] = [];
  private readonly rng: Generator;

  constructor(readonly config: ArenaRunConfig & RunConfig) {
    this.setting = config.arena.league;
    this.rules = rulesOfRun(config);
    this.hasMates = rolesOf(this.rules.agents).size > 1;
    this.returns = new Float64Array(config.numEnvs);
    this.live = randomPlayer(this.rules);
    this.rng = new Generator(new SeedSequence([config.seed, leagueStream]));
  }

  /** Elo of the learner as it now is; everybody begins with 1200. */
  get ratingNow(): number {
    return this.rating;
  }

  /** In the order of joining. */
  get all(): readonly LeagueMember[] {
    return [...this.members.values()];
  }

  /**
   * @param learner who learns; its weights are read whenever its self joins
   * @param createAgent makes another agent of the same config, to be given the weights of past selves
   */
  open(learner: AnyAgent, createAgent: () => AnyAgent): void {
    this.learner = learner;
    this.createAgent = createAgent;
    this.live = this.playerOf(learner, "self");
    if (this.members.size === 0) this.join(0);
  }

  dispose(): void {
    for (const { agent } of this.chairs) agent.dispose();
    this.chairs.length = 0;
  }

  draw(rng: RandomSource): number {
    if (rng.random() < this.setting.latest || this.met.length === 0) return present;
    return this.met[rng.integers(0, this.met.length)]!;
  }

  player(opponent: number, agent: number, held: number): Player {
    const { agents } = this.rules;
    const isMate = this.hasMates && roleOf(agents[agent]!) === roleOf(agents[held]!);
    if (opponent === present || isMate || this.members.size === 0) return this.live;
    return this.chairOf(this.nearest(opponent)).player;
  }

  /**
   * Rates by the episodes that ended with this step, and lets the learner's self join where it is time.
   * @param steps environment steps made, this one's included
   */
  saw({ next }: Pick<RolloutStep, "next">, steps: number): void {
    const { rewards, terminations, truncations, finalInfos } = next;
    for (let env = 0; env < rewards.length; env++) {
      this.returns[env]! += rewards[env]!;
      if (terminations[env] === 0 && truncations[env] === 0) continue;
      this.rate(finalInfos?.[env] ?? {}, this.returns[env]!);
      this.returns[env] = 0;
    }
    const { every } = this.setting;
    const passes = (interval: number): boolean =>
      Math.floor(steps / interval) > Math.floor((steps - rewards.length) / interval);
    if (passes(every)) this.join(steps);
    else if (passes(Math.ceil(every / 10))) this.redraw();
  }

  /** What a record of metrics says of it. */
  figures(): Record<string, number> {
    return { rating: this.rating, leagueSize: this.members.size };
  }

  save(): { state: LeagueState; weights: NamedArrays } {
    const weights: NamedArrays = {};
    for (const [id, arrays] of this.weights) {
      for (const [name, array] of Object.entries(arrays)) weights[`${id}/${name}`] = array;
    }
    const { rating, nextId, returns, met, rng } = this;
    const members = this.all.map((member) => ({ ...member }));
    const generator = rng.state;
    return {
      state: { members, rating, nextId, returns: returns.slice(), met: [...met], generator },
      weights,
    };
  }

  restore({ members, rating, nextId, returns, met, generator }: LeagueState, weights: NamedArrays): void {
    this.members.clear();
    this.weights.clear();
    for (const member of members) this.members.set(member.id, { ...member });
    for (const [id, own] of selvesOf(weights)) this.weights.set(id, own);
    this.rating = rating;
    this.nextId = nextId;
    this.returns.set(returns);
    this.met = [...met];
    this.rng.setState(generator);
    for (const chair of this.chairs) chair.member = present;
  }

  private rate({ opponent }: Info, earned: number): void {
    const member = this.members.get(opponent as number);
    if (member === undefined) return;
    const score = earned > 0 ? 1 : earned < 0 ? 0 : 0.5;
    [this.rating, member.rating] = rated(this.rating, member.rating, score);
    member.games++;
  }

  /** The learner's self, as it now is. */
  private join(step: number): void {
    if (this.learner === null) return;
    const id = this.nextId++;
    this.members.set(id, { id, step, rating: this.rating, games: 0 });
    this.weights.set(id, copyOf(this.learner.save().weights));
    if (this.members.size > this.setting.size) this.thin();
    this.redraw();
  }

  /** Who is met from now on. */
  private redraw(): void {
    const { sampling } = this.setting;
    const members = this.all;
    const weights = members.map(({ rating }) =>
      sampling === "uniform" ? 1 : (1 - expectedScore(this.rating, rating)) ** 2,
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    this.met = Array.from({ length: metTogether }, () => {
      let left = this.rng.random() * sum;
      const found = weights.findIndex((weight) => {
        left -= weight;
        return left < 0;
      });
      return members[found < 0 ? members.length - 1 : found]!.id;
    });
  }

  /** An agent with the weights of a member: one that has them, a new one, or the one that was not asked for the longest. */
  private chairOf(member: number): Chair {
    const { chairs } = this;
    let at = chairs.findIndex((chair) => chair.member === member);
    if (at < 0 && chairs.length < mostChairs) at = chairs.push(this.newChair()) - 1;
    const [chair] = chairs.splice(Math.max(at, 0), 1) as [Chair];
    chairs.push(chair);
    if (chair.member !== member) {
      chair.agent.restoreWeights(this.weights.get(member)!);
      chair.member = member;
    }
    return chair;
  }

  private newChair(): Chair {
    const agent = this.createAgent!();
    return { agent, player: this.playerOf(agent, "past self"), member: present };
  }

  private playerOf(agent: AnyAgent, name: string): Player {
    const { config, rules } = this;
    return seatPlayer(name, {
      policy: seatPolicy(agent, config),
      rules,
      epsilon: this.setting.epsilon,
    });
  }

  /** One goes whose neighbours are closest to each other in age; the first and the last stay. */
  private thin(): void {
    const members = this.all;
    let closest = 1;
    for (let i = 2; i < members.length - 1; i++) {
      const gap = (at: number): number => members[at + 1]!.step - members[at - 1]!.step;
      if (gap(i) < gap(closest)) closest = i;
    }
    const { id } = members[closest]!;
    this.members.delete(id);
    this.weights.delete(id);
  }

  /** Who was drawn, or who is nearest in age where that one has gone meanwhile. */
  private nearest(id: number): number {
    if (this.members.has(id)) return id;
    let found = present;
    for (const other of this.members.keys()) {
      if (found === present || Math.abs(other - id) < Math.abs(found - id)) found = other;
    }
    return found;
  }
}

/** The weights of each member, by id, out of those of all as `save` gives them. */
export function selvesOf(weights: NamedArrays): ReadonlyMap<number, NamedArrays> {
  const selves = new Map<number, NamedArrays>();
  for (const [name, array] of Object.entries(weights)) {
    const end = name.indexOf("/");
    const id = Number(name.slice(0, end));
    const own = selves.get(id) ?? {};
    own[name.slice(end + 1)] = array;
    selves.set(id, own);
  }
  return selves;
}

function copyOf(arrays: NamedArrays): NamedArrays {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => [name, { ...array, data: array.data.slice() }]),
  );
}
