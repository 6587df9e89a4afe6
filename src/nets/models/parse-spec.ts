import type { z } from "zod";
import { NetError } from "../errors.js";
import { layerDefinitions } from "./layers/index.js";
import { type ModelSpec, modelSpecSchema } from "./spec.js";
import { suggestion } from "./suggestion.js";

type Issue = z.core.$ZodIssue;

type Path = readonly PropertyKey[];

/**
 * A model's description as `modelSpecSchema` has it, with its defaults. Whether its layers fit each other, `summarizeModel` and
 * `buildModel` find out.
 *
 * @param json such as `JSON.parse` returns it
 * @throws {NetError} `invalid-net`, in one sentence, with the nearest right spelling of a type of layer or a setting
 */
export function parseModelSpec(json: unknown): ModelSpec {
  const result = modelSpecSchema.safeParse(json);
  if (result.success) return result.data;
  throw new NetError("invalid-net", sentenceOf(tellingIssue(result.error.issues), json));
}

/** The first one; but where that is something missing and a key beside it is misspelt, the key. */
function tellingIssue(issues: readonly Issue[]): Issue {
  const first = issues[0]!;
  const misspelt = issues.find(
    ({ code, path }) =>
      code === "unrecognized_keys" &&
      path.length < first.path.length &&
      path.every((key, depth) => key === first.path[depth]),
  );
  return misspelt ?? first;
}

function sentenceOf(issue: Issue, json: unknown): string {
  const { place, rest } = placeOf(issue.path, json);
  const value = valueAt(issue.path, json);
  switch (issue.code) {
    case "unrecognized_keys": {
      const known = knownKeys(issue.path, json);
      return `There is no setting "${issue.keys[0]}" of ${place}; ${suggestion(issue.keys[0]!, known)}`;
    }
    case "invalid_key":
      return `The name "${String(issue.path.at(-1))}" of ${place} does not do: ${issue.issues[0]!.message}.`;
    case "invalid_union": {
      if (issue.path.at(-1) === "type" && typeof value === "string") {
        return `There is no layer "${value}", which ${placeOf(issue.path.slice(0, -2), json).place} is to be; ${suggestion(value, Object.keys(layerDefinitions))}`;
      }
      const [nearest] = issue.errors.map(([first]) => first!).sort((a, b) => b.path.length - a.path.length);
      // Of alternatives, the one that came furthest is the one that was meant.
      if (nearest !== undefined) {
        return sentenceOf({ ...nearest, path: [...issue.path, ...nearest.path] } as Issue, json);
      }
    }
  }
  if (rest === "") return `${capital(place)} cannot be ${valueText(value)}: ${issue.message}.`;
  if (value === undefined) return `${capital(place)} lacks "${rest}".`;
  return `"${rest}" of ${place} cannot be ${valueText(value)}: ${issue.message}.`;
}

/** As JSON where there is JSON of it, which there is not of NaN and the like. */
function valueText(value: unknown): string {
  return typeof value === "object" || typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** What a path is in, in words, and what is left of it. */
function placeOf(path: Path, json: unknown): { place: string; rest: string } {
  const [part, key] = path;
  const rest = (from: number) => path.slice(from).map(String).join(".");
  if (part === "inputs" && path.length > 1) return { place: `the input "${String(key)}"`, rest: rest(2) };
  if (part === "outputs" && path.length > 1) return { place: `the output "${String(key)}"`, rest: rest(2) };
  if (part !== "nodes" || path.length < 2) return { place: "the model's description", rest: rest(0) };
  const name = valueAt(["nodes", key!, "name"], json);
  const node = typeof name === "string" ? `node "${name}"` : `node ${String(key)}`;
  const type = valueAt(["nodes", key!, "layer", "type"], json);
  if (path[2] !== "layer" || typeof type !== "string") return { place: node, rest: rest(2) };
  return { place: `the ${type} layer of ${node}`, rest: rest(3) };
}

/** Keys that the object at this path may have. */
function knownKeys(path: Path, json: unknown): string[] {
  const { shape } = modelSpecSchema;
  if (path.length === 0) return Object.keys(shape);
  if (path[0] === "inputs") return Object.keys(shape.inputs.valueType.shape);
  if (path.length === 2) return Object.keys(shape.nodes.element.shape);
  const type = valueAt([...path, "type"], json) as keyof typeof layerDefinitions;
  return Object.keys(layerDefinitions[type].schema.shape).filter((key) => key !== "type");
}

function valueAt(path: Path, json: unknown): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], json);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
