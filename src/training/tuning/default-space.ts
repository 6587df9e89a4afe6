import type { RunConfig } from "../config.js";
import { LudusError } from "../errors.js";
import { checkSpace, parseSpace, type Space } from "./space.js";

/** What is usually worth a search: keys by how they end, and where to look around their present value. */
const usual: readonly [key: RegExp, spec: (value: number) => string][] = [
  [/optimizer\.learningRate$/i, (value) => `log(${short(value / 10)},${short(value * 10)})`],
  [/^\w+\.gamma$/, () => "choice(0.95,0.98,0.99,0.995,0.999)"],
  [/^\w+\.nStep$/, () => "int(1,5)"],
  [/^\w+(\.method)?\.lambda$/, () => "uniform(0.5,1)"],
  [/\.stepSize\.alpha$/, () => "log(0.01,1)"],
  [/\.stepSize\.delay$/, (value) => `log(${short(value / 10)},${short(value * 10)})`],
  [/^\w+\.target\.tau$/, () => "log(0.001,0.1)"],
  [/^\w+\.entropy\w*$/, () => "log(0.0001,0.1)"],
  [/^\w+\.clip(Range|Ratio|Epsilon)?$/, () => "choice(0.1,0.2,0.3)"],
  [/^\w+\.batchSize$/, () => "choice(32,64,128,256)"],
  [/^\w+\.epochs$/, () => "choice(1,2,4,8)"],
  [/^\w+\.minibatches$/, () => "choice(4,8,16,32)"],
];

/** Of the agent's usual keys, those that this config has, each within what its schema takes. */
export function defaultSpace(base: RunConfig): Space {
  const space = numbersOf(base).flatMap(([key, value]) => {
    const spec = usual.find(([pattern]) => pattern.test(key))?.[1](value);
    return spec === undefined ? [] : parseSpace([`${key}=${spec}`]).filter((one) => fits([one], base));
  });
  return parseSpace(space.map(({ key, spec }) => `${key}=${spec}`));
}

function fits(space: Space, base: RunConfig): boolean {
  try {
    checkSpace(space, base);
    return true;
  } catch (error) {
    if (error instanceof LudusError) return false;
    throw error;
  }
}

/** Every number of a config that is not 0, which may switch a part off, by its dotted key. */
function numbersOf(value: unknown, path = ""): [string, number][] {
  if (typeof value === "number") return value === 0 ? [] : [[path, value]];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    numbersOf(inner, path === "" ? key : `${path}.${key}`),
  );
}

function short(value: number): number {
  return Number(value.toPrecision(2));
}
