// Arenas side by side under random play, observations and new episodes included: steps of an arena per second, on one core. Pursuit,
// Spread and Tag also with more and more agents, to see what one of them costs.
import { defaultRng } from "gymnasium-js";
import {
  connectFour,
  matrixGame,
  pursuit,
  rockPaperScissors,
  type SimultaneousRules,
  SimultaneousVector,
  spread,
  type TurnRules,
  TurnVector,
  tag,
  ticTacToe,
  twoStep,
} from "ludus";
import {
  type Bench,
  type BenchOptions,
  type BenchRecord,
  compare,
  rounded,
  scaled,
} from "./harness/bench.js";

const numArenas = 32;

const simultaneous: readonly (() => SimultaneousRules<never>)[] = [
  () => matrixGame(rockPaperScissors()) as SimultaneousRules<never>,
  () => twoStep() as SimultaneousRules<never>,
  ...[2, 8, 64].map(
    (predators) => () =>
      // As many cells and prey for each.
      pursuit({
        predators,
        prey: 4 * predators,
        height: 4 * predators,
        width: 8,
      }) as SimultaneousRules<never>,
  ),
  () => pursuit() as SimultaneousRules<never>,
  ...[2, 3, 8, 64].map((agents) => () => spread({ agents }) as SimultaneousRules<never>),
  ...[1, 2, 16].map(
    (teams) => () =>
      tag({ chasers: 3 * teams, runners: teams, obstacles: 2 * teams }) as SimultaneousRules<never>,
  ),
];

const turns: readonly (() => TurnRules<never>)[] = [
  () => ticTacToe() as unknown as TurnRules<never>,
  () => connectFour() as unknown as TurnRules<never>,
];

async function* run(options: BenchOptions): AsyncIterable<BenchRecord> {
  for (const make of simultaneous) yield await simultaneousSteps(make(), options);
  for (const make of turns) yield await turnSteps(make(), options);
}

async function simultaneousSteps(
  rules: SimultaneousRules<never>,
  options: BenchOptions,
): Promise<BenchRecord> {
  const vector = new SimultaneousVector(rules, { numArenas });
  const numAgents = rules.agents.length;
  const rng = defaultRng(0);
  const { n } = rules.actionSpace(0).describe() as { n: number };
  const batches = Array.from({ length: 16 }, () =>
    Int32Array.from({ length: numArenas * numAgents }, () => rng.integers(0, n)),
  );
  vector.reset({ seed: 0 });
  const work = (iterations: number): number => {
    let sum = 0;
    for (let i = 0; i < iterations; i++) {
      vector.step(batches[i & 15]!);
      sum += vector.rewards[0]!;
    }
    return sum;
  };
  return record(rules.id, numAgents, work, options);
}

/** Random legal moves. */
async function turnSteps(rules: TurnRules<never>, options: BenchOptions): Promise<BenchRecord> {
  const vector = new TurnVector(rules, { numArenas });
  const rng = defaultRng(0);
  const { n } = rules.actionSpace(0).describe() as { n: number };
  const mask = new Uint8Array(n);
  const actions = new Int32Array(numArenas);
  vector.reset({ seed: 0 });
  const work = (iterations: number): number => {
    let sum = 0;
    for (let i = 0; i < iterations; i++) {
      for (let arena = 0; arena < numArenas; arena++) {
        rules.actionMask!(vector.stateOf(arena) as never, vector.turns[arena]!, mask, 0);
        let action = rng.integers(0, n);
        while (mask[action] === 0) action = (action + 1) % n;
        actions[arena] = action;
      }
      vector.step(actions);
      sum += vector.rewards[0]!;
    }
    return sum;
  };
  return record(rules.id, 1, work, options);
}

async function record(
  arena: string,
  actors: number,
  work: (iterations: number) => number,
  options: BenchOptions,
): Promise<BenchRecord> {
  const iterations = scaled(Math.ceil(40_000 / actors), options);
  const [measured] = await compare([{ name: arena, iterations, work }], { repetitions: 3, warmUps: 1 });
  const stepsPerSecond = measured!.perSecond * numArenas;
  return {
    arena,
    agentsActing: actors,
    numArenas,
    stepsPerSecond: rounded(stepsPerSecond, 0),
    nanosecondsPerAgent: rounded(1e9 / (stepsPerSecond * actors), 1),
  };
}

export default {
  name: "arena-step",
  describe: "steps per second of arenas of many agents, side by side",
  run,
} satisfies Bench;
