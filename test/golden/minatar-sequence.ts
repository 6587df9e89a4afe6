import type { RandomSource } from "gymnasium-js";
import { expect } from "vitest";
import { type MinatarGame, minatarActions, minatarRules } from "../../src/envs/minatar/index.js";
import { LoggedDraws, type MinatarDraw, RandomState, VerifiedDraws } from "./minatar-draws.js";

/** One record of `minatar.json`; its `help` explains the fields. */
export interface MinatarSequence {
  id: string;
  game: string;
  seed: number | null;
  sticky: number;
  ramping: boolean;
  kind: "full" | "long";
  autoReset: boolean;
  rd0?: readonly MinatarDraw[];
  o0: string;
  n: number;
  a: string;
  x?: string;
  s?: readonly number[];
  d?: Record<string, readonly MinatarDraw[]>;
  r: Record<string, number>;
  t: readonly number[];
  rd?: Record<string, readonly MinatarDraw[]>;
  ro?: Record<string, string>;
  l?: Record<string, number>;
  o?: readonly string[];
  h?: readonly number[];
  k?: Record<string, string>;
}

export type Game = MinatarGame<{ over: boolean }>;

/** Plays a sequence with the logged draws; fails on a draw of another kind, with other bounds or left over. */
export function replayLogged(game: Game, golden: MinatarSequence, version: 0 | 1 = 0): void {
  const draws = new LoggedDraws();
  play({ game, version, golden, draws, rng: draws });
}

/** Plays a seeded sequence with NumPy's legacy generator, whose draws must be the logged ones. */
export function replaySeeded(game: Game, golden: MinatarSequence, seed: number): void {
  const draws = new LoggedDraws();
  play({ game, version: 0, golden, draws, rng: new VerifiedDraws(new RandomState(seed), draws) });
}

interface Play {
  game: Game;
  version: 0 | 1;
  golden: MinatarSequence;
  draws: LoggedDraws;
  rng: RandomSource;
}

function play({ game, version, golden, draws, rng }: Play): void {
  const rules = minatarRules(game, version, {
    stickyActionProbability: golden.sticky,
    difficultyRamping: golden.ramping,
  });
  const observation = new Uint8Array(100 * game.channels).fill(7);
  const observed = () => {
    rules.observe(state, observation, 0);
    return packed(observation);
  };
  const terminated = new Set(golden.t);
  let level = game.level === undefined ? undefined : 0;

  draws.expect(golden.rd0 ?? []);
  let state = rules.init(rng, undefined, null);
  draws.requireEmpty("the first reset");
  expect(base64(observed())).toBe(golden.o0);

  for (let i = 0; i < golden.n; i++) {
    const action = Number(golden.a[i]);
    // Long sequences without stickiness do not log the wrapper's draw; it must be asked for all the same.
    draws.expect([["u", golden.s?.[i] ?? null], ...(golden.d?.[i] ?? [])]);
    const outcome = rules.step(state, version === 0 ? action : game.minimalActions.indexOf(action), rng);
    level = golden.l?.[i] ?? level;
    const got = { step: i, ...outcome, level: game.level?.(state.game) };
    draws.requireEmpty(`step ${i}`);
    expect(got).toEqual({ step: i, reward: golden.r[i] ?? 0, terminated: terminated.has(i), level });
    if (golden.x !== undefined)
      expect(state.previousAction, `executed in step ${i}`).toBe(Number(golden.x[i]));
    const bytes = observed();
    const whole = golden.o?.[i] ?? golden.k?.[i];
    if (whole !== undefined) expect(base64(bytes), `observation of step ${i}`).toBe(whole);
    if (golden.h !== undefined) expect(fnv1a(bytes), `hash of step ${i}`).toBe(golden.h[i]);
    if (!golden.autoReset || !outcome.terminated) continue;
    draws.expect(golden.rd?.[i] ?? []);
    state = rules.init(rng, undefined, state);
    draws.requireEmpty(`the reset after step ${i}`);
    expect(base64(observed()), `reset after step ${i}`).toBe(golden.ro?.[i]);
    if (level !== undefined) level = 0;
  }
}

/** Whether a sequence only uses actions of a minimal set. */
export function usesOnly(golden: MinatarSequence, minimal: readonly number[]): boolean {
  return minatarActions.every((_, action) => minimal.includes(action) || !golden.a.includes(String(action)));
}

/** Bits, the first one the highest of the first byte, filled up with zeros. */
function packed(bits: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  bits.forEach((bit, index) => {
    if (bit > 1) throw new Error(`value ${index} of the observation is ${bit}`);
    bytes[index >> 3]! |= bit << (7 - (index & 7));
  });
  return bytes;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

/** 32-bit FNV-1a. */
function fnv1a(bytes: Uint8Array): number {
  return bytes.reduce((hash, byte) => Math.imul(hash ^ byte, 16777619) >>> 0, 2166136261);
}
