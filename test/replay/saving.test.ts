import { crc32 as zlibCrc32 } from "node:zlib";
import { defaultRng } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { crc32 } from "../../src/replay/crc32.js";
import {
  createFrameStacker,
  createReplay,
  type Replay,
  type ReplayConfig,
  ReplayError,
} from "../../src/replay/index.js";
import { type Move, play } from "../../src/testing/replay-script.js";
import fc from "../properties.js";

const config: ReplayConfig = {
  element: {
    observation: { shape: [3], dtype: "uint8" },
    action: { shape: [], dtype: "int32" },
    actionMask: 2,
  },
  numEnvs: 2,
  capacity: 8,
  nStep: 3,
  gamma: 0.5,
  stack: 2,
};

/** Ended and running episodes, wrapped around, with waiting transitions. */
function filled(changes: Partial<ReplayConfig> = {}, steps = 13): Replay {
  const used = { ...config, ...changes };
  const replay = createReplay(used);
  const move = (i: number, env: number): Move => ({
    reward: i,
    end: (i + env) % 5 === 4 ? "truncated" : "none",
    resetBefore: false,
  });
  const script = Array.from({ length: steps }, (_, i) =>
    Array.from({ length: used.numEnvs }, (_, env) => move(i, env)),
  );
  for (const step of play({ config: used, steps: script })) replay.add(step);
  return replay;
}

/** Loads into a buffer in use. @returns the error, after making sure that nothing has changed */
function refusal(bytes: Uint8Array, changes: Partial<ReplayConfig> = {}): ReplayError {
  const replay = filled(changes, 5);
  const before = replay.save();
  let thrown: unknown = null;
  try {
    replay.load(bytes);
  } catch (error) {
    thrown = error;
  }
  expect(Buffer.compare(replay.save(), before)).toBe(0);
  expect(thrown).toBeInstanceOf(ReplayError);
  return thrown as ReplayError;
}

/** With the checksum that fits what was altered. */
function resealed(bytes: Uint8Array): Uint8Array {
  const end = bytes.length - 4;
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(end, crc32(bytes.subarray(0, end)), true);
  return bytes;
}

test("crc32 is zlib's", () => {
  expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => crc32(bytes) === zlibCrc32(bytes)));
});

describe("damage", () => {
  test("a file cut short anywhere is refused", () => {
    const bytes = filled().save();
    for (let length = 0; length < bytes.length; length++) {
      expect(refusal(bytes.slice(0, length)).code).toBe("corrupt");
    }
    expect(refusal(bytes.slice(0, -40)).message).toBe(
      `The saved replay is damaged: there are ${bytes.length - 40} bytes, expected ${bytes.length}; load an undamaged copy.`,
    );
  });

  test("any byte altered is noticed", () => {
    const bytes = filled().save();
    for (let at = 0; at < bytes.length; at++) {
      const altered = bytes.slice();
      altered[at]! ^= 1 << (at % 8);
      expect(refusal(altered).code).toBe("corrupt");
    }
    const altered = bytes.slice();
    altered[bytes.length - 30]! ^= 1;
    expect(refusal(altered).message).toMatch(
      /its checksum is [0-9a-f]{8}, expected [0-9a-f]{8}; load an undamaged/,
    );
  });

  test("bytes that are something else are refused", () => {
    expect(refusal(new Uint8Array(0)).message).toMatch(/there are only 0 bytes/);
    expect(refusal(new Uint8Array(500)).message).toMatch(/does not begin with LUDUSREP/);
  });

  test("a file with the right checksum whose cursors make no sense is refused", () => {
    const whole = filled().save();
    const payloadAt = 16 + new DataView(whole.buffer).getUint32(12, true);
    const alter = (at: number, value: number) => {
      const bytes = whole.slice();
      new DataView(bytes.buffer).setInt32(payloadAt + at, value, true);
      return refusal(resealed(bytes));
    };
    expect(alter(0, 99).message).toMatch(/head of environment 0 is 99, expected 0 to \d/);
    expect(alter(4, -1).message).toMatch(/held of environment 0 is -1/);
    expect(alter(4, 1).code).toBe("corrupt");
    // Behind the cursors: which transitions can be sampled.
    const firstMember = 2 * 5 * 4;
    expect(alter(firstMember, 2 ** 30).message).toMatch(/not those that are stored/);
  });
});

describe("mismatch", () => {
  const bytes = filled().save();

  test.each<[Partial<ReplayConfig>, string]>([
    [{ capacity: 10 }, "has capacity 8, but this one has 10"],
    [{ nStep: 1 }, "has nStep 3, but this one has 1"],
    [{ gamma: 0.25 }, "has gamma 0.5, but this one has 0.25"],
    [{ stack: 1 }, "has stack 2, but this one has 1"],
    [{ numEnvs: 1 }, "has numEnvs 2, but this one has 1"],
    [{ element: { ...config.element, actionMask: 0 } }, "has actionMask 2, but this one has 0"],
    [
      { element: { ...config.element, observation: { shape: [2, 2], dtype: "uint8" } } },
      'has observation ["uint8",3], but this one has ["uint8",2,2]',
    ],
  ])("a buffer with %j does not take it", (changes, message) => {
    const error = refusal(bytes, changes);
    expect(error.code).toBe("mismatch");
    expect(error.message).toContain(message);
  });

  test("a frame stacker's bytes are no replay, and the other way round", () => {
    const stacker = createFrameStacker({ observation: config.element.observation, numEnvs: 2, stack: 2 });
    expect(refusal(stacker.save()).message).toBe(
      "These bytes are a saved frame-stacker, expected a saved replay.",
    );
    expect(() => stacker.load(bytes)).toThrow("expected a saved frame-stacker");
  });

  test("a newer format is told from damage", () => {
    const newer = bytes.slice();
    newer[8] = 2;
    expect(refusal(newer).code).toBe("corrupt");
    const error = refusal(resealed(newer));
    expect(error.code).toBe("newer-version");
    expect(error.message).toContain("has format 2, but this version of Ludus reads format 1: update Ludus");
  });
});

test("bytes that do not begin at an aligned address load as well", () => {
  const replay = filled();
  const bytes = replay.save();
  const shifted = new Uint8Array(bytes.length + 3).subarray(3);
  shifted.set(bytes);
  const other = createReplay(config);
  other.load(shifted);
  expect(other.save()).toEqual(bytes);
  expect(other.sample(defaultRng(2), 7)).toEqual(replay.sample(defaultRng(2), 7));
});
