import { defaultRng } from "gymnasium-js";
import { expect, test } from "vitest";
import { createFrameStacker, createReplay, type Replay } from "../../src/replay/index.js";
import { NaiveReplay, type Row, rowsOf } from "../../src/testing/naive-replay.js";
import { play } from "../../src/testing/replay-script.js";
import fc from "../properties.js";
import { inTurn, scripts } from "./script.js";

/** Rows in an order that does not depend on where they were stored. */
function sorted(rows: readonly Row[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}

function allRows(replay: Replay): string[] {
  return replay.size === 0 ? [] : sorted(rowsOf(replay.sample(inTurn(), replay.size)));
}

test("after every step it holds what a naive buffer of whole episodes holds", () => {
  fc.assert(
    fc.property(scripts, (script) => {
      const replay = createReplay(script.config);
      const naive = new NaiveReplay(script.config);
      for (const step of play(script)) {
        replay.add(step);
        naive.add(step);
        const expected = sorted(naive.rows());
        expect(replay.size).toBe(expected.length);
        expect(allRows(replay)).toEqual(expected);
      }
    }),
    { numRuns: 300 },
  );
});

test("saved at any step and loaded elsewhere, it goes on as if nothing had happened, to the last bit", () => {
  fc.assert(
    fc.property(scripts, fc.nat(59), fc.nat(59), (script, savedAfter, usedBefore) => {
      const replay = createReplay(script.config);
      let other: Replay | null = null;
      let made = 0;
      for (const step of play(script)) {
        replay.add(step);
        other?.add(step);
        if (made++ !== savedAfter) continue;
        other = createReplay(script.config);
        // Whatever it held before is gone after.
        const earlier = { ...script, steps: script.steps.slice(0, usedBefore) };
        for (const step of play(earlier, 20_000)) other.add(step);
        const bytes = replay.save();
        other.load(bytes);
        expect(Buffer.compare(other.save(), bytes)).toBe(0);
      }
      if (other === null) return;
      expect(Buffer.compare(other.save(), replay.save())).toBe(0);
      expect(other.size).toBe(replay.size);
      if (replay.size === 0) return;
      expect(other.sample(defaultRng(1), 40)).toEqual(replay.sample(defaultRng(1), 40));
    }),
    { numRuns: 200 },
  );
});

test("frames stacked for acting are those that the replay gives for learning", () => {
  fc.assert(
    fc.property(scripts, fc.nat(59), (script, savedAfter) => {
      // Resets from outside are for the replay to find out; a stacker is told by clear().
      const steps = script.steps.map((step) => step.map((move) => ({ ...move, resetBefore: false })));
      const config = { ...script.config, nStep: 1, capacity: 60 * script.config.numEnvs };
      const { element, numEnvs, stack } = config;
      const replay = createReplay(config);
      const options = { observation: element.observation, numEnvs, stack };
      let stacker = createFrameStacker(options);
      const acted: string[] = [];
      let made = 0;
      for (const step of play({ config, steps })) {
        const stacked = stacker.push(step.observations);
        const width = stacked.length / numEnvs;
        for (let env = 0; env < numEnvs; env++) {
          acted.push(String(Array.from(stacked.subarray(env * width, (env + 1) * width))));
        }
        replay.add(step);
        stacker.endEpisodes(step.next);
        if (made++ !== savedAfter) continue;
        const bytes = stacker.save();
        stacker = createFrameStacker(options);
        stacker.load(bytes);
      }
      const learnt = rowsOf(replay.sample(inTurn(), replay.size)).map(({ observation }) =>
        String(observation),
      );
      expect(learnt.sort()).toEqual(acted.sort());
    }),
    { numRuns: 200 },
  );
});
