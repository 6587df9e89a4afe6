import { LudusError } from "../../training/index.js";

/** What a new environment is called, in each place. */
export interface EnvNames {
  /** Of its file, without the ending: `grid-walk`. */
  file: string;
  /** Of its rules in the code: `gridWalk`. */
  variable: string;
  /** Of its type in the code: `GridWalk`. */
  type: string;
  /** `GridWalk-v0`. */
  id: string;
}

/** @throws {LudusError} `invalid-value` if a name has no letter to begin with */
export function namesFrom(name: string): EnvNames {
  const bare = name.replace(/\.[mc]?[jt]s$/, "").replace(/-v\d+$/i, "");
  const words = bare
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .replaceAll(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "")
    .map((word) => word.toLowerCase());
  if (words.length === 0 || !/^[a-z]/.test(words[0]!) || /[/\\]/.test(name)) {
    throw new LudusError(
      "invalid-value",
      `An environment cannot be called '${name}'; give a name of letters and digits that begins with a letter, as in grid-walk.`,
    );
  }
  const isType = /^[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*$/.test(bare);
  const type = isType ? bare : words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  const variable = type.charAt(0).toLowerCase() + type.slice(1);
  return {
    file: words.join("-"),
    variable: reserved.has(variable) ? `${variable}Env` : variable,
    type,
    id: `${type}-v0`,
  };
}

/** Names that the template uses, and words that TypeScript keeps for itself. */
const reserved = new Set(
  `box defineEnv discrete proceed terminate size actionNames await break case catch class const continue debugger
  default delete do else enum export extends false finally for function if implements import in instanceof interface
  let new null package private protected public return static super switch this throw true try typeof undefined var
  void while with yield`.split(/\s+/),
);
