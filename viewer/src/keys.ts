import { frame, hello, human, send, status } from "./model.js";

/** Keys for actions by what they are called; others get the digits from 1 on. */
const meant: readonly [RegExp, string][] = [
  [/^(left|west)$/i, "ArrowLeft"],
  [/^(right|east)$/i, "ArrowRight"],
  [/^(up|north)$/i, "ArrowUp"],
  [/^(down|south)$/i, "ArrowDown"],
  [/^(fire|pickup|pick up|toggle)$/i, "x"],
  [/^(dropoff|drop)$/i, "c"],
  [/^(noop|stay|coast|nothing|none)$/i, "0"],
];

/** The key of each action, in the order of their numbers. */
export function keysOf(actionNames: readonly string[]): string[] {
  let digit = 1;
  return actionNames.map((name) => meant.find(([pattern]) => pattern.test(name))?.[1] ?? String(digit++));
}

/** What a key is called for people. */
export function keyName(key: string): string {
  const arrows: Record<string, string> = {
    ArrowLeft: "←",
    ArrowRight: "→",
    ArrowUp: "↑",
    ArrowDown: "↓",
    " ": "space",
  };
  return arrows[key] ?? key.toUpperCase();
}

/** Time by keys everywhere but in fields; while a person plays, actions too. */
export function listenToKeys(): void {
  const held: string[] = [];
  addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || isField(event.target)) return;
    if (act(event.key, held) || control(event.key)) event.preventDefault();
  });
  addEventListener("keyup", ({ key }) => {
    const at = held.indexOf(key);
    if (at < 0) return;
    held.splice(at, 1);
    // What is still held counts again; else nothing is done.
    const actions = hello.value?.stage.human;
    if (human.value && actions != null && status.value?.playing === true) {
      const last = held.at(-1);
      send({ type: "act", action: last === undefined ? actions.idle : keysOf(actions.names).indexOf(last) });
    }
  });
}

function act(key: string, held: string[]): boolean {
  const actions = hello.value?.stage.human;
  if (!human.value || actions == null) return false;
  const action = keysOf(actions.names).indexOf(key);
  if (action < 0) return false;
  if (!held.includes(key)) held.push(key);
  send({ type: "act", action });
  return true;
}

function control(key: string): boolean {
  const now = status.value;
  const shown = frame.value;
  if (now === null || shown === null) return false;
  switch (key) {
    case " ":
      send({ type: now.playing ? "pause" : "play" });
      return true;
    case ".":
    case "ArrowRight":
      send({ type: "step" });
      return true;
    case ",":
    case "ArrowLeft":
      send({ type: "seek", step: Math.max(0, shown.step - 1) });
      return true;
    case "Home":
      send({ type: "seek", step: 0 });
      return true;
    case "End":
      send({ type: "seek", step: shown.length });
      return true;
    case "n":
      send({ type: "restart", seed: null });
      return true;
    case "t":
      if (shown.ended === null) send({ type: "fork", controller: human.value ? "policy" : "human" });
      return true;
    default:
      return false;
  }
}

/** Where keys mean something of their own. */
function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && ["INPUT", "SELECT", "TEXTAREA", "BUTTON"].includes(target.tagName);
}
