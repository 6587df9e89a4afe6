/**
 * Runs tfjs-core's own specs, as its package has them, on one of our engines:
 *
 *     node --import tsx test/tfjs-core/run.ts cpu
 *
 * Specs for browsers (`BROWSER_ENVS`, `CHROME_ENVS`) do not declare themselves in Node, and five are switched off
 * upstream (`xit`). The wasm engine cannot run here: the specs reset tfjs, after which wasm needs `useEngine` again.
 */
import { createRequire } from "node:module";
import Jasmine, { type Result } from "jasmine";
import { type EngineName, tf, useEngine } from "../../src/tensors/index.js";
import { exclusions } from "./excluded.js";

export interface Report {
  passed: number;
  /** Of those that passed: specs that began with the engine in use. The others need none, or bring a mock. */
  passedOnEngine: number;
  /** Name and messages of each spec that failed, and of each failure outside of specs. */
  failures: string[];
  /** For each exclusion of this engine how many specs it kept from running. */
  excluded: Record<string, number>;
}

/** What the process sends to its parent: each spec as it starts, so that a crash has a name; at the end the report. */
export type Message = { started: string } | { report: Report };

const require = createRequire(import.meta.url);
const engine = process.argv[2] as EngineName;

/** Loads tfjs-core's modules, one by one and not as the bundle that we use; both share one engine and registries. */
function loadSpecs(backendName: string): void {
  // Upstream's gradients overwrite ours. Those that networks use have to be ours, though: they are what we ship.
  const kernelNames = Object.values(tf).filter((value) => typeof value === "string");
  const ours = kernelNames.map((name) => tf.getGradient(name)).filter((gradient) => gradient !== undefined);
  require("@tensorflow/tfjs-core/dist/register_all_gradients.js");
  for (const gradient of ours) tf.registerGradient(gradient);

  require("@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js");
  const { setTestEnvs } =
    require("@tensorflow/tfjs-core/dist/jasmine_util.js") as typeof import("@tensorflow/tfjs-core/dist/jasmine_util.js");
  setTestEnvs([{ name: engine, backendName, isDataSync: true }]);
  require("@tensorflow/tfjs-core/dist/tests.js");
}

const environment = ` ${engine} {}`;
const plainName = (fullName: string) => fullName.replace(environment, "");

const report: Report = { passed: 0, passedOnEngine: 0, failures: [], excluded: {} };
const excludedHere = exclusions.filter(({ engines }) => engines === "all" || engines.includes(engine));
for (const { spec } of excludedHere) report.excluded[spec] = 0;

function runs(fullName: string): boolean {
  const name = plainName(fullName);
  const matches = excludedHere.filter(({ spec }) => name.startsWith(spec));
  for (const { spec } of matches) report.excluded[spec]!++;
  return matches.length === 0;
}

function noteFailures({ failedExpectations }: Pick<Result, "failedExpectations">, where: string): void {
  if (failedExpectations.length === 0) return;
  const messages = failedExpectations.map(({ message, stack = "" }) => {
    const place = stack.split("\n").find((line) => line.includes("_test.ts:"));
    return `${message}${place ? `\n${place.trimEnd()}` : ""}`;
  });
  report.failures.push(`${where}: ${messages.join("\n")}`);
}

const backendName = (await useEngine(engine)) && tf.getBackend();
// The specs expect the checks and warnings that production mode leaves out.
tf.env().set("PROD", false);

const jasmine = new Jasmine();
jasmine.exitOnCompletion = false;
jasmine.jasmine.DEFAULT_TIMEOUT_INTERVAL = 20_000; // as jasmine_util.js asks for, of a copy of jasmine that runs nothing
jasmine.env.configure({ random: false, specFilter: (spec) => runs(spec.getFullName()) });
jasmine.clearReporters();
let startedOnEngine = false;
jasmine.addReporter({
  specStarted: ({ fullName }) => {
    process.send?.({ started: fullName } satisfies Message);
    startedOnEngine = fullName.includes(environment) && tf.getBackend() === backendName;
  },
  specDone: (spec) => {
    if (spec.status === "passed") report.passed++;
    if (spec.status === "passed" && startedOnEngine) report.passedOnEngine++;
    noteFailures(spec, plainName(spec.fullName));
  },
  suiteDone: (suite) => noteFailures(suite, `${plainName(suite.fullName)}, outside of its specs`),
  jasmineDone: (run) => noteFailures(run, "outside of all suites"),
});
loadSpecs(backendName);
await jasmine.execute();

for (const failure of report.failures) console.log(`FAILED ${failure}`);
const { passed, passedOnEngine, failures } = report;
console.log(`${passed} specs passed, ${passedOnEngine} of them on ${engine}; ${failures.length} failed`);
process.exitCode = report.failures.length > 0 ? 1 : 0;
process.send?.({ report } satisfies Message);
if (process.connected) process.disconnect();
