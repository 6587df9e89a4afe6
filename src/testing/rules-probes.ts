import { RulesEnv, type Space } from "gymnasium-js";
import { firstDifference, show } from "./assertions.js";
import { checkInstances, checkMemory } from "./memory-probes.js";
import { checkMasks, checkObservations, sizeOf } from "./observation-probes.js";
import { type ContractPart, defaultSeeds, defaultSteps, type PlayOptions } from "./parts.js";
import { type AnyRules, calling, cloneState, playRules, RulesPlay, type RulesPlays } from "./rules-play.js";

/** What `rulesProbes` looks at, part by part. */
export type RulesProbe =
  | "declaration"
  | "actions"
  | "state"
  | "outcomes"
  | "observations"
  | "looking"
  | "memory"
  | "instances"
  | "masks";

/**
 * Looks at rules from inside, where the contract tests only see what an environment says: each fault is named by what
 * was written wrong, and how to write it right.
 *
 * - `declaration`: the members fit one another
 * - `actions`: every action of the space can be played
 * - `state`: it is plain data, so that it can be saved
 * - `outcomes`: rewards are finite numbers, ends are true or false
 * - `observations`: `observe` writes all of its own place and nothing beside it, numbers that the space contains
 * - `looking`: `observe`, `info`, `actionMask` and drawing change nothing
 * - `memory`: the same state and random numbers lead to the same next state
 * - `instances`: environments do not share what they change
 * - `masks`: they hold 1 and 0, and leave an action to choose
 *
 * @param makeRules the rules of one environment; called anew for each
 */
export function rulesProbes(
  makeRules: () => AnyRules,
  options: PlayOptions = {},
): Record<RulesProbe, ContractPart> {
  const plays: RulesPlays = {
    makeRules,
    steps: options.steps ?? defaultSteps,
    seeds: options.seeds ?? defaultSeeds,
  };
  const part = (promise: string, check: (plays: RulesPlays) => void): ContractPart => ({
    promise,
    check: () => check(plays),
  });
  return {
    declaration: part("declares members that fit one another", checkDeclaration),
    actions: part("plays every action of its space", checkActions),
    state: part("keeps its state as plain data", checkState),
    outcomes: part("gives finite rewards, and ends that are true or false", checkOutcomes),
    observations: part("writes its observation whole, and in its own place only", checkObservations),
    looking: part("does not change when it is looked at", checkLooking),
    memory: part("keeps all that it needs in its state", checkMemory),
    instances: part("shares nothing with other environments", checkInstances),
    masks: part("masks actions by 1 and 0, and leaves one to choose", checkMasks),
  };
}

function checkDeclaration({ makeRules }: RulesPlays): void {
  const rules = makeRules();
  for (const member of ["init", "step", "observe"] as const) {
    if (typeof rules[member] === "function") continue;
    throw new Error(`${member} is ${show(rules[member])}; expected a function.`);
  }
  for (const member of ["observationSpace", "actionSpace"] as const) {
    if (typeof (rules[member] as Partial<Space<unknown>> | undefined)?.contains === "function") continue;
    throw new Error(
      `${member} is ${show(rules[member])}; expected a space such as discrete(4) or box({ low: 0, high: 1, shape: [3] }).`,
    );
  }
  // Whatever else `make` refuses.
  new RulesEnv(rules).close();
  const { actionNames, actionSpace, actionMask } = rules;
  const count = actionSpace.type === "Discrete" ? Number(actionSpace.describe()["n"]) : null;
  if (actionNames !== undefined && count !== null && actionNames.length !== count) {
    throw new Error(
      `actionNames has ${actionNames.length} names (${actionNames.join(", ")}), but actionSpace is discrete(${count}); give each action one name.`,
    );
  }
  if (actionMask !== undefined && count === null) {
    throw new Error(
      `actionMask says which of several actions are legal, but actionSpace is ${actionSpace.type}; only discrete(n) can be masked.`,
    );
  }
}

/** More are not tried one by one; random play has tried many. */
const mostActions = 1000;

function checkActions({ makeRules, steps, seeds }: RulesPlays): void {
  playRules({ makeRules, steps, seeds }, () => {});
  const rules = makeRules();
  const facts = rules.actionSpace.describe();
  if (rules.actionSpace.type !== "Discrete" || Number(facts["n"]) > mostActions) return;
  const [seed = 0] = seeds;
  for (let i = 0; i < Number(facts["n"]); i++) {
    const play = new RulesPlay(rules, seed);
    play.start();
    play.step(Number(facts["start"] ?? 0) + i);
  }
}

function checkState(plays: RulesPlays): void {
  playRules(plays, ({ state, at }) => cloneState(state, at));
}

function checkOutcomes(plays: RulesPlays): void {
  playRules(plays, ({ outcome, isStart, at }) => {
    if (isStart) return;
    if (typeof outcome !== "object" || outcome === null) {
      throw new Error(
        `step returned ${show(outcome)} (${at}); end every way through it with return proceed(reward) or return terminate(reward).`,
      );
    }
    const { reward, terminated } = outcome as { reward?: unknown; terminated?: unknown };
    if (typeof reward !== "number" || !Number.isFinite(reward)) {
      throw new Error(
        `step gave the reward ${typeof reward === "number" ? reward : show(reward)} (${at}); a reward is a finite number.`,
      );
    }
    if (typeof terminated !== "boolean") {
      throw new Error(
        `step gave terminated = ${show(terminated)} (${at}); it is true or false: return proceed(reward) or terminate(reward).`,
      );
    }
  });
}

function checkLooking(plays: RulesPlays): void {
  playRules(plays, ({ rules, state, at }) => {
    const { actionSpace, observationSpace } = rules;
    const size = sizeOf(observationSpace);
    const actions = Number(actionSpace.describe()["n"] ?? 0);
    const looks: Record<string, () => unknown> = {
      observe: () => rules.observe(state, new Float64Array(size), 0),
      info: () => rules.info?.(state),
      actionMask: () => rules.actionMask?.(state, new Uint8Array(actions), 0),
      renderAnsi: () => rules.renderAnsi?.(state),
      renderRgb: () => rules.renderRgb?.(state),
    };
    for (const [name, look] of Object.entries(looks)) {
      const before = cloneState(state, at);
      calling(name, at, look);
      const difference = firstDifference(state, before, "state");
      if (difference === "") continue;
      throw new Error(`${name} changed the state (${at}): ${difference}; only init and step may change it.`);
    }
  });
}
