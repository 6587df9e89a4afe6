import { Generator } from "gymnasium-js";
import type { Replay, ReplayConfig } from "../replay/index.js";
import { requireSame, show } from "./assertions.js";
import { NaiveReplay, type Row, rowsOf } from "./naive-replay.js";
import { type ReplayPlays, randomSteps } from "./replay-plays.js";

/** Rows drawn after every step. */
const rowsDrawn = 16;

/** A row that was drawn, beside what the model holds of it. */
interface Drawn {
  row: Row;
  /** The model's transition that began with the same frame. */
  held: Row | undefined;
  /** The moment, as a sentence begins. */
  where: string;
  numHeld: number;
}

export function checkTransitions(plays: ReplayPlays): void {
  const { config } = plays;
  checkDrawn(plays, ({ row, held, where, numHeld }) => {
    const frame = newestFrame(row.observation, config);
    if (held === undefined) {
      throw new Error(
        `${where}: a transition that begins with the frame ${show(frame)} was drawn, which is none of the ${numHeld} that it holds.`,
      );
    }
    const plain = ({ action, nextObservation, nextMask }: Row) => ({
      action,
      nextFrame: newestFrame(nextObservation, config),
      nextMask,
    });
    requireSame(plain(row), plain(held), `${where}, the transition from frame ${show(frame)}`);
  });
}

export function checkReturns(plays: ReplayPlays): void {
  checkDrawn(plays, ({ row, held, where }) => {
    if (held !== undefined) requireClose(row.reward, held.reward, `${where}, n-step return`);
  });
}

export function checkBootstraps(plays: ReplayPlays): void {
  checkDrawn(plays, ({ row, held, where }) => {
    if (held !== undefined) requireClose(row.discount, held.discount, `${where}, discount of the bootstrap`);
  });
}

export function checkStacks(plays: ReplayPlays): void {
  checkDrawn(plays, ({ row, held, where }) => {
    if (held === undefined) return;
    requireSame(row.observation, held.observation, `${where}, stack of frames acted on`);
    requireSame(row.nextObservation, held.nextObservation, `${where}, stack of next frames`);
  });
}

export function checkCapacity(plays: ReplayPlays): void {
  const { makeReplay, config, seeds } = plays;
  const perEnv = Math.floor(config.capacity / config.numEnvs);
  for (const seed of seeds) {
    const replay = makeReplay(config);
    requireSame(replay.capacity, perEnv * config.numEnvs, "Capacity");
    const naive = new NaiveReplay(config);
    const rng = new Generator(seed);
    let made = 0;
    for (const step of randomSteps(plays, seed)) {
      replay.add(step);
      naive.add(step);
      const where = `Seed ${seed}, after step ${++made}`;
      requireSame(replay.size, naive.rows().length, `${where}, size`);
      if (made % 10 === 0) requireAllDrawn({ replay, naive, rng, where });
    }
  }
}

function requireAllDrawn({
  replay,
  naive,
  rng,
  where,
}: {
  replay: Replay;
  naive: NaiveReplay;
  rng: Generator;
  where: string;
}): void {
  const held = heldBy(naive, replay.config);
  if (held.size === 0) return;
  // One that is drawn like all others is left out in one of e^30 cases.
  for (const { observation } of rowsOf(replay.sample(rng, 30 * held.size)))
    held.delete(String(newestFrame(observation, replay.config)));
  const [missing] = held.keys();
  if (missing === undefined) return;
  throw new Error(
    `${where}: the transition that begins with the frame [${missing}] is held, but ${30 * replay.size} draws did not give it.`,
  );
}

/** Compares with the model what is drawn after every step. */
function checkDrawn(plays: ReplayPlays, compare: (drawn: Drawn) => void): void {
  const { makeReplay, config, seeds } = plays;
  for (const seed of seeds) {
    const replay = makeReplay(config);
    const naive = new NaiveReplay(config);
    const rng = new Generator(seed);
    let made = 0;
    for (const step of randomSteps(plays, seed)) {
      replay.add(step);
      naive.add(step);
      const held = heldBy(naive, config);
      const where = `Seed ${seed}, after step ${++made}`;
      if (held.size === 0) continue;
      for (const row of rowsOf(replay.sample(rng, rowsDrawn))) {
        const found = held.get(String(newestFrame(row.observation, config)));
        compare({ row, held: found, where, numHeld: held.size });
      }
    }
  }
}

/** The model's transitions by the frame they begin with, which no two have in common. */
function heldBy(naive: NaiveReplay, config: Readonly<ReplayConfig>): Map<string, Row> {
  return new Map(naive.rows().map((row) => [String(newestFrame(row.observation, config)), row]));
}

function newestFrame(stack: readonly number[], config: Readonly<ReplayConfig>): number[] {
  return stack.slice(-stack.length / config.stack);
}

/** Returns and discounts are 32-bit floats, summed in any order. */
function requireClose(found: number, expected: number, where: string): void {
  if (Math.abs(found - expected) <= 1e-5 * Math.max(1, Math.abs(expected))) return;
  throw new Error(`${where}: found ${found}, expected ${expected}.`);
}
