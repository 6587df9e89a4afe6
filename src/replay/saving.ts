import { bytesOf, copyOf, scatter, totalBytes } from "./bytes.js";
import {
  type Extent,
  extentOf,
  liveSlots,
  type ReplayParts,
  readExtents,
  ringSections,
  writeExtents,
} from "./extents.js";
import { corrupt, pack, unpack } from "./packing.js";
import { noFinal, type Storage } from "./storage.js";
import type { ReplayConfig, SamplingConfig } from "./types.js";

/** Only what can still matter is saved; every transition keeps its slot, so that draws stay the same. */
export function saveReplay(parts: ReplayParts): Uint8Array {
  const { config, storage, accumulator, sampler } = parts;
  const extents = Array.from({ length: config.numEnvs }, (_, env) => extentOf(parts, env));
  const finals = extents.flatMap((extent, env) =>
    liveSlots(storage, extent, env).map((slot) => storage.finals[slot]!),
  );
  const waiting = extents.map((_, env) => bytesOf(accumulator.waitingRewards(env)));
  return pack("replay", savedConfig(config), [
    { name: "extents", chunks: [bytesOf(writeExtents(extents))] },
    { name: "members", chunks: [bytesOf(sampler.members())] },
    { name: "priorities", chunks: [bytesOf(sampler.state())] },
    { name: "waitingRewards", chunks: waiting },
    { name: "ended", chunks: [Uint8Array.from(finals, (final) => (final === noFinal ? 0 : 1))] },
    {
      name: "finals",
      chunks: finals.filter((final) => final !== noFinal).map((final) => storage.frames.finalBytes(final)),
    },
    ...ringSections(storage, extents),
  ]);
}

/** Checks all of it before it changes anything. */
export function loadReplay(bytes: Uint8Array, parts: ReplayParts): void {
  const saved = readSaved(bytes, parts);
  const { storage, accumulator, sampler, cursors } = parts;
  storage.frames.pool.reserve(saved.numFinals);

  for (const { name, chunks } of saved.rings) scatter(saved.section(name), chunks);
  storage.frames.pool.giveBackAll();
  saved.live.forEach((slot, i) => {
    storage.finals[slot] = saved.ended[i] === 1 ? storage.frames.pool.take() : noFinal;
  });
  const ids = saved.live.map((slot) => storage.finals[slot]!).filter((final) => final !== noFinal);
  scatter(
    saved.section("finals"),
    ids.map((id) => storage.frames.finalBytes(id)),
  );
  let rewardAt = 0;
  saved.extents.forEach(({ head, held, waiting, continues }, env) => {
    cursors.heads[env] = head;
    cursors.held[env] = held;
    cursors.continues[env] = continues;
    accumulator.restore(env, saved.rewards.subarray(rewardAt, rewardAt + waiting));
    rewardAt += waiting;
  });
  sampler.restore(saved.members, saved.priorities);
}

/** What was saved, found to be whole and to fit into `parts`. */
function readSaved(bytes: Uint8Array, parts: ReplayParts) {
  const { config, storage, sampler } = parts;
  const sections = unpack("replay", savedConfig(config), bytes);
  const section = (name: string): Uint8Array => sections.get(name) ?? new Uint8Array(0);
  const extents = readExtents(copyOf(section("extents"), Int32Array), parts);
  const rings = ringSections(storage, extents);
  for (const { name, chunks } of rings) requireBytes(name, section(name), totalBytes(chunks));
  requireWithin("ages", section("ages"), 0, config.stack - 1);
  requireWithin("steps", section("steps"), 1, config.nStep);
  const live = extents.flatMap((extent, env) => liveSlots(storage, extent, env));
  const ended = section("ended");
  requireBytes("ended", ended, live.length);
  requireWithin("ended", ended, 0, 1);
  const numFinals = ended.reduce((count, flag) => count + flag, 0);
  requireBytes("finals", section("finals"), numFinals * storage.frames.frameBytes);
  const numWaiting = extents.reduce((count, { waiting }) => count + waiting, 0);
  requireBytes("waitingRewards", section("waitingRewards"), 8 * numWaiting);
  const rewards = copyOf(section("waitingRewards"), Float64Array);
  const members = copyOf(section("members"), Int32Array);
  requireMembers(members, extents, storage);
  const priorities = copyOf(section("priorities"), Float64Array);
  const fault = sampler.faultOf(priorities, members.length);
  if (fault !== null) throw corrupt("replay", fault);
  return { section, extents, rings, live, ended, numFinals, rewards, members, priorities };
}

function requireMembers(members: Int32Array, extents: readonly Extent[], storage: Storage): void {
  const sampled = new Uint8Array(extents.length * storage.slots);
  let expected = 0;
  extents.forEach((extent, env) => {
    for (const slot of liveSlots(storage, extent, env).slice(0, extent.held)) sampled[slot] = 1;
    expected += extent.held;
  });
  let found = 0;
  for (const slot of members) {
    if (sampled[slot] !== 1) break;
    sampled[slot] = 0;
    found++;
  }
  if (found === expected && members.length === expected) return;
  throw corrupt("replay", "the transitions that can be sampled are not those that are stored");
}

function requireBytes(name: string, section: Uint8Array, expected: number): void {
  if (section.byteLength === expected) return;
  throw corrupt("replay", `${name} has ${section.byteLength} bytes, expected ${expected}`);
}

function requireWithin(name: string, values: Uint8Array, low: number, high: number): void {
  const wrong = values.find((value) => value < low || value > high);
  if (wrong !== undefined) throw corrupt("replay", `${name} has a ${wrong}, expected ${low} to ${high}`);
}

/** The keys in one order, so that equal configs give equal text. */
function savedConfig({ element, numEnvs, capacity, nStep, gamma, stack, sampling }: ReplayConfig) {
  const { observation, action, actionMask } = element;
  return {
    observation: [observation.dtype, ...observation.shape],
    action: [action.dtype, ...action.shape],
    actionMask,
    numEnvs,
    capacity,
    nStep,
    gamma,
    stack,
    sampling: savedSampling(sampling),
  };
}

/** Left out where it is uniform, as it was before there was a choice. */
function savedSampling(sampling: SamplingConfig = { type: "uniform" }) {
  if (sampling.type === "uniform") return undefined;
  const { type, alpha, betaStart, betaEnd, betaUpdates, epsilon } = sampling;
  return { type, alpha, betaStart, betaEnd, betaUpdates, epsilon };
}
