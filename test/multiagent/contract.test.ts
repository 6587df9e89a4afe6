// Each arena here breaks one promise of both contracts, and they have to say which.
import { Generator, type Space } from "gymnasium-js";
import { testAecArena, testParallelArena } from "ludus/testing";
import { describe, expect, test } from "vitest";
import type { AecArena } from "../../src/multiagent/index.js";
import { failuresOf, run, withMembers } from "../testing/results.js";
import {
  aecFailures,
  type Fault,
  makeGame,
  makeIsland,
  mapValues,
  plays,
  promises,
  type Rendered,
} from "./contract-failures.js";

test("arenas that keep the contract pass, and each part is named", () => {
  const { refusals, ...shared } = promises;
  const parallel = run((test) =>
    testParallelArena(makeIsland, { ...plays, test, name: "island", maxCycles: 7 }),
  );
  const partsOfParallel = [
    ...Object.values(shared),
    "gives each agent that takes part what is its own",
    "lets nobody come back who is out",
    refusals,
  ];
  expect(Object.keys(parallel)).toEqual(partsOfParallel.map((part) => `island ${part}`));
  expect(failuresOf(parallel)).toEqual({});
  const turns = run((test) => testAecArena(makeGame, { ...plays, test, name: "game" }));
  const partsOfTurns = [
    ...Object.values(shared),
    "says of each turn what is true of those who take part",
    "gives what was earned since the agent's own last action",
    "lets those leave who are out, one turn each",
    refusals,
  ];
  expect(Object.keys(turns)).toEqual(partsOfTurns.map((part) => `game ${part}`));
  expect(failuresOf(turns)).toEqual({});
});

describe("what both contracts find", () => {
  const elsewhere = new Generator(9);
  const copyOf = (space: Space<unknown>) => (space as unknown as { copy(): Space<unknown> }).copy();
  const shared: Record<string, readonly Fault<AecArena>[]> = {
    [promises.spaces]: [
      [
        "spaces made anew",
        /^actionSpace\("player_1"\) is another object every time; keep one/,
        (arena) => ({ actionSpace: (agent) => copyOf(arena.actionSpace(agent)) }),
      ],
      [
        "spaces that a reset makes anew",
        /^observationSpace\("player_1"\) is another object after some steps/,
        (arena) => {
          const copies = new Map<string, Space<unknown>>();
          return {
            observationSpace: (agent) => copies.get(agent) ?? arena.observationSpace(agent),
            reset(how) {
              for (const agent of arena.possibleAgents)
                copies.set(agent, copyOf(arena.observationSpace(agent)));
              arena.reset(how);
            },
          };
        },
      ],
      [
        "spaces of strangers",
        /^The action space of a stranger was let through/,
        (arena) => ({
          actionSpace: (agent) =>
            arena.actionSpace(arena.possibleAgents.includes(agent) ? agent : "player_1"),
        }),
      ],
      [
        "what strangers see",
        /^The observation space of a stranger was let through/,
        (arena) => ({
          observationSpace: (agent) =>
            arena.observationSpace(arena.possibleAgents.includes(agent) ? agent : "player_1"),
        }),
      ],
      [
        "two agents of one name",
        /^possibleAgents, each once: found \["player_1"\]/,
        () => ({ possibleAgents: ["player_1", "player_1"] }),
      ],
      ["no agents", /^possibleAgents are none/, () => ({ possibleAgents: [] })],
    ],
    [promises.seeds]: [
      [
        "randomness from elsewhere",
        /^Seed 0, played beside another instance, event 1: .*; rewards.player_[12] is /,
        (arena) => ({
          get rewards() {
            return mapValues(arena.rewards, () => elsewhere.random());
          },
        }),
      ],
      [
        "what a reset leaves as it was",
        /^Seed 0, played again, event \d+: .*; rewards.player_\d is \d+ instead of /,
        (arena) => {
          let turns = 0;
          return {
            step(action) {
              turns++;
              arena.step(action);
            },
            get rewards() {
              return mapValues(arena.rewards, () => turns);
            },
          };
        },
      ],
      [
        "a seed that is ignored",
        /^The seeds 0 and 1 left the same rng: make it anew/,
        (arena) => ({ reset: () => arena.reset({ seed: 3 }) }),
      ],
      [
        "resets that always begin anew",
        /^A reset without a seed made the rng anew/,
        (arena) => {
          let last = 0;
          return {
            reset({ seed = last } = {}) {
              last = seed;
              arena.reset({ seed });
            },
          };
        },
      ],
    ],
    [promises.snapshots]: [
      [
        "a snapshot that lacks the game",
        /^The snapshot of what was restored in the same arena: found/,
        (arena) => ({
          restore(taken) {
            arena.restore(taken);
            if (arena.agentSelection !== null) arena.reset();
          },
        }),
      ],
      [
        "a snapshot that is the arena's own memory",
        /^The snapshot of step \d+, when its arena had played on: /,
        (arena) => {
          const memory = { id: "TicTacToe-v0", moves: [] as unknown[], inner: null as unknown };
          return {
            snapshot() {
              memory.inner = arena.snapshot();
              return memory;
            },
            step(action) {
              memory.moves.push(action);
              arena.step(action);
            },
            restore: (taken) => arena.restore((taken as typeof memory | null)?.inner),
          };
        },
      ],
      [
        "a snapshot with a Map in it",
        /^snapshot\.seen is a Map/,
        (arena) => ({ snapshot: () => ({ ...(arena.snapshot() as object), seen: new Map() }) }),
      ],
      [
        "the snapshot of another arena",
        /^The snapshot of another arena was let through/,
        (arena) => ({
          restore(taken) {
            if ((taken as { id: string } | null)?.id === "TicTacToe-v0") arena.restore(taken);
          },
        }),
      ],
    ],
    [promises.illegal]: [
      [
        "an illegal action of which half has happened",
        /^step \d+: after an illegal action was refused: found/,
        (arena) => ({
          step(action) {
            try {
              arena.step(action);
            } catch (error) {
              if (typeof action === "number" && action < 9) arena.rng.random();
              throw error;
            }
          },
        }),
      ],
      [
        "an illegal action at which it breaks down",
        /^broken$/,
        (arena) => ({
          step(action) {
            const mask =
              arena.agentSelection === null ? [] : (arena.last().info["action_mask"] as Uint8Array);
            if (mask[action as number] === 0 && action !== null) throw new Error("broken");
            arena.step(action);
          },
        }),
      ],
    ],
    [promises.ownership]: [
      [
        "one array for all observations",
        /^What event 0 gave, some steps later: found/,
        (arena) => {
          const only = new Uint8Array(18);
          const observe = (agent: string) => {
            only.set(arena.observe(agent) as Uint8Array);
            return only;
          };
          return { observe, last: () => ({ ...arena.last(), observation: observe(arena.agentSelection!) }) };
        },
      ],
      [
        "an observation that it goes on to use",
        /^Where the caller wrote to the observations that it was given, step 0: the observation of player_1/,
        (arena) => {
          const kept: Record<string, Uint8Array> = {};
          const refresh = (): void => {
            for (const agent of arena.agents) {
              const seen = arena.observe(agent) as Uint8Array;
              // Writes what is new only, so that what callers wrote remains.
              kept[agent] = kept[agent] === undefined ? seen : kept[agent]!.map((mark, i) => mark | seen[i]!);
            }
          };
          return {
            reset(how) {
              arena.reset(how);
              for (const agent of arena.agents) delete kept[agent];
              refresh();
            },
            step(action) {
              arena.step(action);
              refresh();
            },
            observe: (agent) => kept[agent] ?? arena.observe(agent),
            last: () => ({ ...arena.last(), observation: kept[arena.agentSelection!] ?? null }),
          };
        },
      ],
      [
        "an observation that it shows again",
        /^Where the caller wrote to the observations that it was given, the play, event 1: .*; turn.observation\[0\] is 77/,
        (arena) => {
          let kept: Record<string, unknown> = {};
          const observe = (agent: string): unknown => {
            kept[agent] ??= arena.observe(agent);
            return kept[agent];
          };
          return {
            observe,
            last: () => ({ ...arena.last(), observation: observe(arena.agentSelection!) }),
            step(action) {
              arena.step(action);
              kept = {};
            },
            reset(how) {
              arena.reset(how);
              kept = {};
            },
          };
        },
      ],
    ],
    [promises.state]: [
      [
        "a state outside its space",
        /^state\(\) is not in stateSpace after 0 steps/,
        () => ({ state: () => 3 }),
      ],
      [
        "a state that is in its space at first only",
        /^state\(\) is not in stateSpace after [1-9]\d* steps/,
        (arena) => ({
          state() {
            const cells = arena.state() as Uint8Array;
            return cells.includes(1) ? cells.fill(2) : cells;
          },
        }),
      ],
      [
        "a state that is another the second time",
        /^state\(\), asked twice: found/,
        () => ({ state: () => Uint8Array.from({ length: 18 }, () => elsewhere.integers(0, 2)) }),
      ],
      [
        "one array for all states",
        /^What state\(\) gave, some steps later: found/,
        (arena) => {
          const only = new Uint8Array(18);
          return {
            state() {
              only.set(arena.state() as Uint8Array);
              return only;
            },
          };
        },
      ],
      ["a state without a space", /^A state that there is not was let through/, () => ({ stateSpace: null })],
    ],
    [promises.rendering]: [
      [
        "a mode that is not heeded",
        /^renderMode, as it was asked for: found null, expected "ansi"/,
        () => ({ renderMode: null }),
      ],
      [
        "pictures that nobody asked for",
        /^What render\(\) gives without a mode: found "X"/,
        () => ({ render: () => "X" }),
      ],
      ["no text", /^render\(\) in the mode ansi gave null, expected text/, () => ({ render: () => null })],
      [
        "drawing that plays",
        /^After render\(\) in the mode null: found/,
        (arena) => ({
          render() {
            arena.rng.random();
            return arena.render();
          },
        }),
      ],
    ],
    [promises.closing]: [
      [
        "being closed only once",
        /^broken$/,
        (arena) => {
          let isClosed = false;
          return {
            close() {
              if (isClosed) throw new Error("broken");
              isClosed = true;
              arena.close();
            },
          };
        },
      ],
      [
        "agents that stay",
        /^agents when it is closed: found \["player_1","player_2"\]/,
        () => ({ close: () => {} }),
      ],
      [
        "steps of nobody",
        /^A step when it is closed was let through/,
        (arena) => {
          let isClosed = false;
          return {
            close() {
              isClosed = true;
              arena.close();
            },
            step: (action) => (isClosed ? undefined : arena.step(action)),
          };
        },
      ],
    ],
  };
  for (const [part, faults] of Object.entries(shared)) {
    test.each(faults)("%s", (_, message, change) => {
      expect(aecFailures(change)[part]).toMatch(message);
    });
  }

  test("a picture of another size than it says", () => {
    const picture = { width: 2, height: 2, data: new Uint8Array(11) };
    const make = (how: Rendered) =>
      withMembers(makeGame({ renderMode: null }), () => ({
        renderMode: how.renderMode,
        render: () => (how.renderMode === null ? null : picture),
      }));
    const failures = failuresOf(
      run((test) => testAecArena(make, { ...plays, test, renderModes: ["rgb_array"] })),
    );
    expect(failures).toEqual({
      [promises.rendering]:
        "render() in the mode rgb_array gave no picture: expected width * height * 3 bytes.",
    });
  });
});
