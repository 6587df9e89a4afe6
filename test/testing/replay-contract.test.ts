import { Generator } from "gymnasium-js";
import { type MakeReplay, testReplay } from "ludus/testing";
import { describe, expect, test } from "vitest";
import { createReplay, type Replay, type ReplayBatch } from "../../src/replay/index.js";
import { failuresOf, run, withMembers } from "./results.js";

const failures = (makeReplay: MakeReplay) =>
  failuresOf(run((test) => testReplay(makeReplay, { test, seeds: [0], steps: 40 })));

/** A replay some of whose members are replaced. */
const changed =
  (change: (replay: Replay) => Partial<Replay>): MakeReplay =>
  (config) =>
    withMembers(createReplay(config), change);

/** A replay whose batches are changed. */
const sampling = (change: (batch: ReplayBatch, rng: Generator) => void): MakeReplay =>
  changed((replay) => ({
    sample(rng, size) {
      const batch = replay.sample(rng, size);
      change(batch, rng);
      return batch;
    },
  }));

describe("testReplay", () => {
  test("passes a replay that keeps the contract, and names each part", () => {
    const results = run((test) => testReplay(createReplay, { test, name: "replay", seeds: [0] }));
    expect(Object.keys(results)).toEqual([
      "replay samples only transitions that it holds",
      "replay sums rewards over n steps, and not beyond an episode",
      "replay bootstraps after a truncation and not after a termination",
      "replay stacks frames of one episode",
      "replay holds the newest transitions and draws all of them",
      "replay samples the same for the same generator state",
      "replay reuses its buffers for batches of one size",
      "replay goes on identically from what was saved",
      "replay refuses saved bytes that were altered",
      "replay refuses steps that do not fit",
      "replay is as new after clear",
    ]);
    expect(failuresOf(results)).toEqual({});
  });

  test("finds truncation that is taken for termination", () => {
    const found = failures(
      changed((replay) => ({
        add: ({ next, ...step }) =>
          replay.add({
            ...step,
            next: {
              ...next,
              terminations: Array.from(next.terminations, (flag, env) => flag || next.truncations[env]!),
            },
          }),
      })),
    );
    expect(Object.keys(found)).toEqual(["bootstraps after a truncation and not after a termination"]);
    expect(Object.values(found)[0]).toMatch(/^Seed 0, after step \d+, discount of the bootstrap: found 0, /);
  });

  test("finds returns over the wrong number of steps, or without discount", () => {
    const short = failures((config) => createReplay({ ...config, nStep: 2 }));
    expect(Object.keys(short)).toContain("sums rewards over n steps, and not beyond an episode");
    const undiscounted = failures((config) => {
      const plain = createReplay({ ...config, gamma: 1 });
      return withMembers(createReplay(config), (replay) => ({
        add(step) {
          replay.add(step);
          plain.add(step);
        },
        sample(rng, size) {
          const { rewards } = plain.sample(rng.clone(), size);
          return Object.assign(replay.sample(rng, size), { rewards });
        },
      }));
    });
    expect(undiscounted["sums rewards over n steps, and not beyond an episode"]).toMatch(
      /n-step return: found/,
    );
  });

  test("finds stacks that begin with an earlier frame", () => {
    const found = failures(
      sampling(({ observations, size }) => {
        // The older of two frames of three bytes is lost.
        for (let row = 0; row < size; row++) observations.fill(0 as never, 6 * row, 6 * row + 3);
      }),
    );
    expect(Object.keys(found)).toEqual(["stacks frames of one episode"]);
  });

  test("finds transitions that it does not hold, and a batch that is too small", () => {
    const invented = failures(sampling(({ observations }) => void observations.fill(255 as never)));
    expect(invented["samples only transitions that it holds"]).toMatch(
      /the frame \[255,255,255\] was drawn, which is none of the \d+ that it holds/,
    );
    const fewer = failures(changed((replay) => ({ sample: (rng, size) => replay.sample(rng, size - 1) })));
    expect(fewer["reuses its buffers for batches of one size"]).toBe(
      "A batch of 7, size: found 6, expected 7.",
    );
  });

  test("finds a capacity that is exceeded, and transitions that are never drawn", () => {
    const larger = failures((config) => createReplay({ ...config, capacity: config.capacity + 2 }));
    expect(larger["holds the newest transitions and draws all of them"]).toBe(
      "Capacity: found 26, expected 24.",
    );
    const first = { integers: () => 0 } as unknown as Generator;
    const stuck = failures(changed((replay) => ({ sample: (_, size) => replay.sample(first, size) })));
    expect(stuck["holds the newest transitions and draws all of them"]).toMatch(
      /is held, but \d+ draws did not/,
    );
    expect(stuck["samples the same for the same generator state"]).toContain("another generator state gave");
  });

  test("finds draws from another generator, and batches in new arrays", () => {
    const own = new Generator(0);
    const elsewhere = failures(changed((replay) => ({ sample: (_, size) => replay.sample(own, size) })));
    expect(elsewhere["samples the same for the same generator state"]).toMatch(
      /^Seed 0, after step 3, a batch/,
    );
    const copied = failures(
      changed((replay) => ({ sample: (rng, size) => structuredClone(replay.sample(rng, size)) })),
    );
    expect(Object.keys(copied)).toEqual(["reuses its buffers for batches of one size"]);
  });

  test("finds saves that forget, or that are taken in whatever they are", () => {
    const forgetful = failures(
      changed((replay) => ({
        load(bytes) {
          replay.load(bytes);
          replay.clear();
        },
      })),
    );
    expect(forgetful["goes on identically from what was saved"]).toContain("into a new replay, saved again");
    const trusting = failures(
      changed((replay) => ({
        load(bytes) {
          try {
            replay.load(bytes);
          } catch {
            // Goes on as if nothing were wrong.
          }
        },
      })),
    );
    expect(Object.keys(trusting)).toEqual(["refuses saved bytes that were altered"]);
    expect(Object.values(trusting)[0]).toContain("A save with byte 0 altered was let through");
    const emptied = failures(
      changed((replay) => ({
        load(bytes) {
          try {
            replay.load(bytes);
          } catch (error) {
            replay.clear();
            throw error;
          }
        },
      })),
    );
    expect(Object.values(emptied)[0]).toContain("was refused, but what the replay saves has changed");
  });

  test("finds steps that are let through, and a clear that leaves something", () => {
    const lenient = failures(
      changed((replay) => ({
        add(step) {
          try {
            replay.add(step);
          } catch {
            // Drops what does not fit.
          }
        },
      })),
    );
    expect(lenient).toEqual({
      "refuses steps that do not fit":
        'A step with too many observations was let through, expected an error with the code "invalid-step".',
    });
    const kept = failures(changed(() => ({ clear() {} })));
    expect(Object.keys(kept)).toEqual(["is as new after clear"]);
  });

  test("refuses frames that it cannot tell apart", () => {
    const observation = { shape: [], dtype: "uint8" } as const;
    const element = { observation, action: { shape: [], dtype: "int32" }, actionMask: 0 } as const;
    expect(() => testReplay(createReplay, { test: () => {}, config: { element } })).toThrow(
      "Frames of a single uint8 cannot be told apart",
    );
  });
});
