// What the sanitized addon runs, in a process of its own: `sanitized-child.ts <ludus.node>`.
import { createRequire } from "node:module";
import { Generator } from "gymnasium-js";
import type { Addon } from "../../src/tensors/native/addon.js";
import { callAll, fuzzPrograms, fuzzRun } from "./fuzz-kernels.js";

const addon = createRequire(import.meta.url)(process.argv[2]!) as Addon;
const rng = new Generator(11);
callAll({ addon, rng, count: 60, guard: 0 });
const run = fuzzRun({ addon, rng, count: 12_000, guard: 0 });
const programs = fuzzPrograms({ addon, rng, count: 2_000, guard: 0 });
process.stdout.write(JSON.stringify({ instructionSet: addon.instructionSet, run, programs }));
