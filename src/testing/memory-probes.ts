import type { Space } from "gymnasium-js";
import { sampleActions } from "./actions.js";
import { firstDifference } from "./assertions.js";
import { cloneState, playRules, RulesPlay, type RulesPlays } from "./rules-play.js";

/** Every state is played on twice: as it is, and as a copy in rules of its own. */
export function checkMemory({ makeRules, steps, seeds }: RulesPlays): void {
  for (const seed of seeds) {
    const rules = makeRules();
    const other = makeRules();
    const [play, copy] = [new RulesPlay(rules, seed), new RulesPlay(other, seed)];
    const begin = (): void => {
      copy.state = cloneState(play.state, `seed ${seed}, at the end of an episode`);
      copy.rng.setState(play.rng.state);
      const { at } = play.start();
      copy.start();
      requireSameStep(play, copy, `init began differently from the same random numbers (${at})`);
    };
    begin();
    let now = `seed ${seed}, at the start`;
    for (const action of sampleActions(rules.actionSpace as Space<unknown>, steps, seed)) {
      copy.state = cloneState(play.state, now);
      copy.rng.setState(play.rng.state);
      const { outcome, at } = play.step(action);
      now = at;
      const said = { ...(outcome as object) };
      const { outcome: otherOutcome } = copy.step(action);
      const where = `The same state, action and random numbers led elsewhere the second time (${at})`;
      const difference = firstDifference({ ...(otherOutcome as object) }, said, "outcome");
      if (difference !== "") throw new Error(`${where}: ${difference}; ${hiddenAdvice}`);
      requireSameStep(play, copy, where);
      if (!play.isRunning) begin();
    }
  }
}

const hiddenAdvice =
  "something decides that is not in the state: a variable outside it, a clock, or random numbers that are not from rng.";

function requireSameStep(play: RulesPlay, copy: RulesPlay, where: string): void {
  const difference =
    firstDifference(copy.state, play.state, "state") ||
    firstDifference(copy.rng.state, play.rng.state, "rng");
  if (difference !== "") throw new Error(`${where}: ${difference}; ${hiddenAdvice}`);
}

/** One environment alone, then again while another one is played in between. */
export function checkInstances({ makeRules, steps, seeds }: RulesPlays): void {
  for (const seed of seeds) {
    const alone: unknown[] = [];
    playRules({ makeRules, steps, seeds: [seed] }, ({ state, at }) => alone.push(cloneState(state, at)));
    const neighbourRules = makeRules();
    const neighbour = new RulesPlay(neighbourRules, seed + 1000);
    neighbour.start();
    const actions = sampleActions(neighbourRules.actionSpace as Space<unknown>, alone.length, seed + 1000);
    let i = 0;
    playRules({ makeRules, steps, seeds: [seed] }, ({ state, at }) => {
      const difference = firstDifference(state, alone[i], "state");
      if (difference !== "") {
        throw new Error(
          `Another environment that was played at the same time changed this one (${at}): ${difference}; ${sharedAdvice(state, neighbour.state)}`,
        );
      }
      neighbour.step(actions[i++]);
      if (!neighbour.isRunning) neighbour.start();
    });
  }
}

function sharedAdvice(state: unknown, other: unknown): string {
  const path = sharedPath(state, other, "state");
  if (path === "state") return "init returns the same object to both: make a new one in init.";
  if (path !== null) return `both have the same ${path}: make a new one in init.`;
  return "they share a variable outside the state: put it into the state, and set it in init.";
}

/** Path of the first object that two states have in common. */
function sharedPath(a: unknown, b: unknown, path: string): string | null {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return null;
  if (a === b) return path;
  if (ArrayBuffer.isView(a)) return null;
  for (const [key, member] of Object.entries(a)) {
    const found = sharedPath(member, (b as Record<string, unknown>)[key], `${path}.${key}`);
    if (found !== null) return found;
  }
  return null;
}
