import { readFileSync } from "node:fs";
import { GymnasiumError } from "gymnasium-js";
import { LudusError } from "../training/errors.js";

/** Why a module could not be loaded, in one sentence that names the place. */
export function whyNotLoaded(path: string, error: unknown): LudusError {
  if (error instanceof LudusError) return error;
  return new LudusError("invalid-module", sentence(path, error), { cause: error });
}

function sentence(path: string, error: unknown): string {
  const [first = "", ...rest] = messageOf(error).split("\n");
  if (error instanceof GymnasiumError)
    return `${path} brings no environment that can be registered: ${first}`;
  const parse = /^ParseError: (.*?)\s*$/.exec(first);
  if (parse !== null) {
    const [, file = path, line, column] = /^\s*(.*):(\d+):(\d+)$/.exec(rest[0] ?? "") ?? [];
    const where = line === undefined ? "" : ` (line ${line}, column ${column})`;
    const code = line === undefined ? "" : codeAt(file, Number(line));
    return `${file} is not valid TypeScript: ${lowered(parse[1] ?? "")}${where}${code}.`;
  }
  const missing = /^Cannot find (?:module|package) '([^']+)'/.exec(first);
  if (missing !== null) {
    const wanted = missing[1] ?? "";
    const advice = /^[./]/.test(wanted)
      ? "correct the path"
      : `install it beside the module, or correct its name`;
    const importer = rest.find((line) => line.startsWith("- "))?.slice(2) ?? path;
    return `${importer} imports '${wanted}', which is not there; ${advice}.`;
  }
  return `${path} threw "${first}" while it was loaded${placeIn(path, error)}.`;
}

/** The line of the module at which an error was thrown, as ` (line 3)`; nothing if it was thrown elsewhere. */
export function placeIn(path: string, error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const at = stack.indexOf(`${path}:`);
  const line = at < 0 ? undefined : /^\d+/.exec(stack.slice(at + path.length + 1))?.[0];
  return line === undefined ? "" : ` (line ${line})`;
}

/** What was thrown, in the words of the one who wrote it: the loader calls an import `x` by `(0, _module.x)`. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/\(0 ?, ?_\w+\.(\w+)\)/g, "$1");
}

function codeAt(file: string, line: number): string {
  try {
    const text = readFileSync(file, "utf8").split("\n")[line - 1]?.trim() ?? "";
    return text === "" ? "" : `, at \`${text.length > 60 ? `${text.slice(0, 57)}...` : text}\``;
  } catch {
    return "";
  }
}

function lowered(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, "");
}
