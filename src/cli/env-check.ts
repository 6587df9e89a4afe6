import { type AutoresetMode, GymnasiumError, make, makeVec, type RenderMode, registry } from "gymnasium-js";
import {
  type ContractPart,
  envParts,
  envProbes,
  type PlayOptions,
  rulesProbes,
  vectorEnvParts,
} from "../testing/index.js";
import { chancePart } from "./chance-watch.js";
import { placeInModules } from "./env-module.js";
import { messageOf } from "./module-faults.js";

/** What one part of the check found. */
export interface Finding {
  /** `rules`, `env`, or the kind of vector. */
  group: string;
  part: string;
  promise: string;
  /** `open`: it could not be seen, or it is for the author to judge. */
  outcome: "kept" | "broken" | "open";
  /** What is wrong, or why it is open, in a sentence; null where nothing is. */
  why: string | null;
  /** What it usually comes from and how to mend it, where `why` does not say so. */
  advice: string | null;
  /** The broken part before it that it is probably a consequence of. */
  follows: string | null;
}

/** Parts that an environment may do without: an `unsupported` there is no fault. */
const optional = ["ansi", "rgb_array", "end", "snapshot"];

/** Parts that break by themselves, whatever else is broken. */
const independent = [
  ...["chance", "declaration", "state", "outcomes", "observations", "looking", "masks"],
  ...["end", "order", "ansi", "rgb_array"],
];

const asAlone =
  "In a vector each environment has to play as it does alone: observe writes in its own place only, and nothing is shared.";

/** For the parts that see only what comes out of an environment, where to look. */
const advice: Readonly<Record<string, string>> = {
  determinism:
    "Draw all chance from rng, set everything anew at a reset, and keep what changes in the state or the instance.",
  spaces: "Correct the observation, or widen observationSpace.",
  snapshot:
    "Rules keep all that the future depends on in the state; a class has it in snapshot(), with rng.state, and takes it back in restore().",
  order:
    "make refuses such a step by itself, unless the environment was registered with orderEnforce: false.",
  "next-step": asAlone,
  "same-step": asAlone,
  disabled: asAlone,
  ownership: "Write each observation into another array than the one before.",
};

type Parts = Readonly<Record<string, ContractPart>>;

/** Runs every part of the contract on a registered environment: first what tells most about its faults. */
export function* checkEnvironment(id: string, plays: PlayOptions): Generator<Finding> {
  const broken = new Map<string, string>();
  for (const [group, parts] of groupsOf(id, plays)) {
    for (const [part, { promise, check }] of Object.entries(parts)) {
      const { outcome, why } = look(part, check);
      const finding: Finding = { group, part, promise, outcome, why, advice: null, follows: null };
      if (outcome === "broken") {
        const [first] = broken.values();
        const isOwnFault = first === undefined || (independent.includes(part) && !broken.has(why!));
        if (!isOwnFault) finding.follows = broken.get(why!) ?? first;
        if (group !== "rules") finding.advice = advice[part] ?? null;
        if (!broken.has(why!)) broken.set(why!, `${group}: ${part}`);
      }
      yield finding;
    }
  }
}

function groupsOf(id: string, plays: PlayOptions): [group: string, parts: Parts][] {
  const makeEnv = (renderMode: RenderMode | null = null) => make(id, { renderMode });
  const vector = (vectorizationMode: "native" | "sync") => {
    const makeVector = (numEnvs: number, autoresetMode: AutoresetMode) =>
      makeVec(id, { numEnvs, autoresetMode, vectorizationMode });
    return vectorEnvParts(makeVector, { ...plays, makeEnv });
  };
  const { play, ansi, rgb_array, ...probes } = envProbes(makeEnv, plays);
  const chance = chancePart(makeEnv, plays);
  const drawing = { ansi, rgb_array };
  const contract: [string, Parts][] = [
    ["env", { ...envParts(makeEnv, plays), ...drawing }],
    ["sync vector", vector("sync")],
  ];
  const entryPoint = registry.get(id)?.entryPoint;
  if (typeof entryPoint !== "object" || entryPoint === null)
    return [["env", { play, chance, ...probes }], ...contract];
  const { masks, ...rules } = rulesProbes(() => entryPoint.rules(), plays);
  const hasMasks = entryPoint.rules().actionMask !== undefined;
  const { declaration, actions, ...inside } = hasMasks ? { ...rules, masks } : rules;
  return [
    ["rules", { declaration, actions }],
    ["env", { chance }],
    ["rules", inside],
    ["env", { play, ...probes }],
    ...contract,
    ["native vector", vector("native")],
  ];
}

function look(part: string, check: () => void): Pick<Finding, "outcome" | "why"> {
  try {
    check();
    return { outcome: "kept", why: null };
  } catch (error) {
    const isLack = error instanceof GymnasiumError && error.code === "unsupported" && optional.includes(part);
    if (isLack) return { outcome: "open", why: error.message };
    // Draws that decide nothing are no fault; that the seed decides the draws is another part's to see.
    const [drawn, hint] = sentenceOf(error).split(": draw from env.rng");
    if (part === "randomness" && hint !== undefined)
      return { outcome: "open", why: `${drawn}; if they are to decide something, look where they are used.` };
    return { outcome: "broken", why: sentenceOf(error) };
  }
}

/** What was thrown, as a sentence, with the line of the module that threw it. */
function sentenceOf(error: unknown): string {
  const isOwn = error instanceof GymnasiumError || (error instanceof Error && error.constructor === Error);
  const text = isOwn ? messageOf(error) : `It threw "${messageOf(error)}".`;
  const thrown = isOwn ? (error as Error).cause : error;
  if (thrown === undefined || thrown instanceof GymnasiumError) return text;
  const place = placeInModules(thrown);
  const quoted = `threw "${messageOf(thrown)}"`;
  return place === null ? text : text.replace(quoted, `${quoted}${place.line}`);
}
