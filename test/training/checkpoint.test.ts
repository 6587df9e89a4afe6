import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  type CheckpointFiles,
  checkpointSteps,
  findCheckpoint,
  pointedStep,
  readCheckpoint,
  sweepCheckpoints,
  writeCheckpoint,
} from "../../src/training/checkpoint.js";
import { createFolder, LineFile, replaceFile } from "../../src/training/durable.js";
import { inFolder } from "./tiny-runs.js";

function filesOf(text: string): CheckpointFiles {
  const bytes = new TextEncoder().encode(text);
  return {
    "weights.safetensors": bytes,
    "target.safetensors": bytes,
    "optimizer.safetensors": bytes,
    "replay.bin": bytes,
    "state.json": JSON.stringify({ text }),
  };
}

function readText(run: string, step: number): string {
  return new TextDecoder().decode(readCheckpoint(run, step, ["weights.safetensors"])["weights.safetensors"]);
}

function fileOf(run: string, step: number, name: string): string {
  return join(run, "checkpoints", `step-${step}`, name);
}

function flipByte(path: string): void {
  const bytes = readFileSync(path);
  bytes[Math.floor(bytes.length / 2)]! ^= 1;
  writeFileSync(path, bytes);
}

describe("checkpoints", () => {
  test("last follows the newest, best the best; older ones keep what playing needs", () =>
    inFolder((run) => {
      writeCheckpoint(run, 0, filesOf("zero"), false);
      expect(pointedStep(run, "best")).toBeNull();
      writeCheckpoint(run, 10, filesOf("ten"), true);
      writeCheckpoint(run, 200, filesOf("two hundred"), false);
      expect(checkpointSteps(run)).toEqual([0, 10, 200]);
      expect([pointedStep(run, "best"), pointedStep(run, "last")]).toEqual([10, 200]);
      expect([findCheckpoint(run, "best"), findCheckpoint(run, "last"), findCheckpoint(run, 0)]).toEqual([
        10, 200, 0,
      ]);
      expect([0, 10, 200].map((step) => readText(run, step))).toEqual(["zero", "ten", "two hundred"]);
      expect(existsSync(fileOf(run, 200, "replay.bin"))).toBe(true);
      expect(readdirSync(join(run, "checkpoints", "step-10")).sort()).toEqual([
        "checksums.json",
        "state.json",
        "weights.safetensors",
      ]);
      expect(() => readCheckpoint(run, 10, ["replay.bin"])).toThrow(
        /kept for evaluation only \(no replay.bin\)/,
      );
    }));

  test("best falls back to last where nothing was evaluated", () =>
    inFolder((run) => {
      writeCheckpoint(run, 7, filesOf("seven"), false);
      expect(findCheckpoint(run, "best")).toBe(7);
    }));

  test("a step that is not there is named with those that are", () =>
    inFolder((run) => {
      expect(() => findCheckpoint(run, "last")).toThrow(/has no checkpoint; begin it anew/);
      writeCheckpoint(run, 7, filesOf("seven"), false);
      expect(() => findCheckpoint(run, 8)).toThrow(/has no checkpoint of step 8; it has those of 7\./);
    }));

  const damages: Record<string, [(run: string) => void, RegExp]> = {
    "an altered byte": [
      (run) => flipByte(fileOf(run, 5, "weights.safetensors")),
      /does not have the checksum/,
    ],
    "a truncated file": [
      (run) => truncateSync(fileOf(run, 5, "weights.safetensors"), 2),
      /has 2 bytes instead of 4/,
    ],
    "a file that grew": [
      (run) => appendFileSync(fileOf(run, 5, "weights.safetensors"), "x"),
      /has 5 bytes instead of 4/,
    ],
    "a missing file": [
      (run) => rmSync(fileOf(run, 5, "weights.safetensors")),
      /weights.safetensors is missing/,
    ],
    "missing checksums": [(run) => rmSync(fileOf(run, 5, "checksums.json")), /checksums.json cannot be read/],
    "garbled checksums": [
      (run) => writeFileSync(fileOf(run, 5, "checksums.json"), "{"),
      /checksums.json cannot be read/,
    ],
    "empty checksums": [
      (run) => writeFileSync(fileOf(run, 5, "checksums.json"), "null"),
      /does not list weights/,
    ],
  };
  test.each(Object.entries(damages))(
    "%s is told in one sentence, with what else there is",
    (_, [damage, sentence]) =>
      inFolder((run) => {
        writeCheckpoint(run, 1, filesOf("one"), false);
        writeCheckpoint(run, 5, filesOf("five"), false);
        damage(run);
        expect(() => readText(run, 5)).toThrow(sentence);
        expect(() => readText(run, 5)).toThrow(/can judge the others, of step 1\.$/);
        expect(readText(run, 1)).toBe("one");
      }),
  );

  test("a pointer that says nonsense is damage, too", () =>
    inFolder((run) => {
      writeCheckpoint(run, 1, filesOf("one"), true);
      writeFileSync(join(run, "best"), "");
      expect(() => findCheckpoint(run, "best")).toThrow(
        /best does not name a checkpoint; choose one with --checkpoint N/,
      );
      expect(findCheckpoint(run, 1)).toBe(1);
    }));

  test("a kill while writing leaves the old one, and the next sweep clears the rest", () =>
    inFolder((run) => {
      writeCheckpoint(run, 1, filesOf("one"), false);
      mkdirSync(join(run, "checkpoints", "step-2.partial"));
      writeFileSync(join(run, "checkpoints", "step-2.partial", "weights.safetensors"), "ha");
      expect(checkpointSteps(run)).toEqual([1]);
      sweepCheckpoints(run);
      expect(readdirSync(join(run, "checkpoints"))).toEqual(["step-1"]);
      writeCheckpoint(run, 2, filesOf("two"), false);
      expect(readText(run, 2)).toBe("two");
    }));

  test("a kill between stepping aside and taking over leaves the old one readable", () =>
    inFolder((run) => {
      writeCheckpoint(run, 1, filesOf("one"), false);
      const folder = join(run, "checkpoints", "step-1");
      renameSync(folder, `${folder}.old`);
      expect(checkpointSteps(run)).toEqual([1]);
      expect(readText(run, 1)).toBe("one");
      expect(existsSync(`${folder}.old`)).toBe(false);
    }));

  test("a step that was written before is replaced as a whole", () =>
    inFolder((run) => {
      writeCheckpoint(run, 1, filesOf("first"), false);
      writeCheckpoint(run, 1, filesOf("again"), false);
      expect(readText(run, 1)).toBe("again");
      expect(readdirSync(join(run, "checkpoints"))).toEqual(["step-1"]);
    }));

  test("a folder that cannot be written says what is whole", () =>
    inFolder((run) => {
      writeCheckpoint(run, 1, filesOf("one"), false);
      // A file where the folder beside should be: root may write anywhere, so permissions would not do.
      rmSync(join(run, "last"));
      mkdirSync(join(run, "last.partial"));
      writeFileSync(join(run, "last"), "step-1\n");
      expect(() => writeCheckpoint(run, 2, filesOf("two"), false)).toThrow(
        /step-2 could not be written \(EISDIR.*the checkpoint of step 1 is whole/,
      );
    }));
});

describe("durable writes", () => {
  test("replaceFile replaces, and leaves nothing beside", () =>
    inFolder((folder) => {
      replaceFile(join(folder, "a"), "one");
      replaceFile(join(folder, "a"), Uint8Array.of(50));
      expect(readFileSync(join(folder, "a"), "utf8")).toBe("2");
      expect(readdirSync(folder)).toEqual(["a"]);
    }));

  test("createFolder makes folders in it, and nothing at all if it fails", () =>
    inFolder((folder) => {
      createFolder(join(folder, "a"), { "x.txt": "x", "b/c/y.txt": "y" });
      expect(readFileSync(join(folder, "a", "b", "c", "y.txt"), "utf8")).toBe("y");
      expect(() => createFolder(join(folder, "z"), { f: "1", "f/g": "2" })).toThrow();
      expect(readdirSync(folder)).toEqual(["a"]);
    }));

  test("a LineFile keeps so many bytes, or all whole lines", () =>
    inFolder((folder) => {
      const path = join(folder, "lines");
      const lines = new LineFile(path, 0);
      lines.append("one");
      const kept = lines.bytes;
      lines.append("zwei ü");
      lines.close();
      expect(readFileSync(path, "utf8")).toBe("one\nzwei ü\n");
      appendFileSync(path, '{"half');
      new LineFile(path).close();
      expect(readFileSync(path, "utf8")).toBe("one\nzwei ü\n");
      const again = new LineFile(path, kept);
      again.append("two");
      again.close();
      expect(readFileSync(path, "utf8")).toBe("one\ntwo\n");
      expect(() => new LineFile(path, 100)).toThrow(
        /lines has 8 bytes, and had 100 when the checkpoint was made/,
      );
    }));
});
