import { signal } from "@preact/signals";
import { nextPlace } from "./board-cursor.js";
import { frame, hello, human, send, status } from "./model.js";
import { targets } from "./pointing.js";

/** Keys for actions by what they are called; others get the digits from 1 on. */
const meant: readonly [RegExp, string][] = [
  [/^(left|west|turn left)$/i, "ArrowLeft"],
  [/^(right|east|turn right)$/i, "ArrowRight"],
  [/^(up|north|forward)$/i, "ArrowUp"],
  [/^(down|south)$/i, "ArrowDown"],
  [/^(fire|pickup|pick up|toggle)$/i, "x"],
  [/^(dropoff|drop)$/i, "c"],
  [/^(noop|stay|coast|nothing|none|torque 0)$/i, "0"],
];

/** Letters that do as the arrows, for the left hand. */
const letters: Readonly<Record<string, string>> = {
  w: "ArrowUp",
  a: "ArrowLeft",
  s: "ArrowDown",
  d: "ArrowRight",
};

/** Rightwards and downwards. */
const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The key of each action, in the order of their numbers. */
export function keysOf(actionNames: readonly string[]): string[] {
  let digit = 1;
  return actionNames.map((name) => meant.find(([pattern]) => pattern.test(name))?.[1] ?? String(digit++));
}

/** What a key is called for people. */
export function keyName(key: string): string {
  const signs: Record<string, string> = {
    ArrowLeft: "←",
    ArrowRight: "→",
    ArrowUp: "↑",
    ArrowDown: "↓",
    " ": "space",
  };
  return signs[key] ?? key.toUpperCase();
}

/** Actions that are held down, by whatever means, oldest first; the newest counts. */
export const held = signal<readonly number[]>([]);

/** Whether doing nothing is an action, so that time may go on without a person. */
export function canRest(): boolean {
  const actions = hello.value?.stage.human;
  return actions != null && keysOf(actions.names)[actions.idle] === "0";
}

/** Whether a person's game waits for a key: it begins and goes on with any that acts. */
function waitsForKey(): boolean {
  return hello.value?.mode === "play" && status.value?.playing === false && canRest();
}

/** Does an action, and at every step until it is let go while time goes on. */
export function press(action: number): void {
  if (!human.value || frame.value?.ended != null) return;
  if (!held.value.includes(action)) held.value = [...held.value, action];
  if (waitsForKey()) send({ type: "play" });
  send({ type: "act", action });
}

/** What is still held counts again; else nothing is done, where that can be. */
export function release(action: number): void {
  if (!held.value.includes(action)) return;
  held.value = held.value.filter((each) => each !== action);
  const actions = hello.value?.stage.human;
  const last = held.value.at(-1) ?? (canRest() ? actions?.idle : undefined);
  if (human.value && last !== undefined && status.value?.playing === true)
    send({ type: "act", action: last });
}

export function pauseOrPlay(): void {
  send({ type: status.value?.playing === true ? "pause" : "play" });
  const last = held.value.at(-1);
  if (status.value?.playing === false && human.value && last !== undefined)
    send({ type: "act", action: last });
}

/** In a person's game it waits for a key. */
export function nextEpisode(): void {
  if (hello.value?.mode === "play") {
    held.value = [];
    send({ type: "pause" });
  }
  send({ type: "restart", seed: null });
}

/** Takes over from the policy where the play stands, or hands back to it. */
export function changeHands(): void {
  if (frame.value?.ended === null) send({ type: "fork", controller: human.value ? "policy" : "human" });
}

/** Time by keys everywhere but in fields; while a person plays, actions too. */
export function listenToKeys(): void {
  addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || isTaken(event)) return;
    const key = keyOf(event);
    if (act(key, event.repeat) || moveOnBoard(key) || control(key)) event.preventDefault();
  });
  addEventListener("keyup", (event) => {
    const action = actionOf(keyOf(event));
    if (action >= 0) release(action);
  });
  // Of keys that are let go in another window the page hears nothing.
  addEventListener("blur", () => {
    for (const action of held.value) release(action);
  });
}

function keyOf({ key }: KeyboardEvent): string {
  return key.length === 1 ? key.toLowerCase() : key;
}

/** Number of the action of a key; -1 for none. */
function actionOf(key: string): number {
  const keys = keysOf(hello.value?.stage.human?.names ?? []);
  return keys.indexOf(keys.includes(key) ? key : (letters[key] ?? key));
}

/** The buttons over a board that may be pointed at, in the order of the actions. */
function boardButtons(): HTMLButtonElement[] {
  return [...document.querySelectorAll<HTMLButtonElement>(".board-buttons button")];
}

/** Chooses the place of a board where the cursor is; the middle gets it where it is nowhere. */
export function chooseOnBoard(): void {
  const buttons = boardButtons();
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  if (at >= 0) buttons[at]!.click();
  else moveOnBoard("ArrowRight");
}

/** Arrows go from place to place of a board, and down where nothing lies below chooses; Enter and space choose by themselves. */
export function moveOnBoard(key: string): boolean {
  const direction = arrows[key];
  const buttons = boardButtons();
  if (direction === undefined || buttons.length === 0) return false;
  const from = buttons.indexOf(document.activeElement as HTMLButtonElement);
  const next = buttons[nextPlace(targets.peek(), from, direction)];
  if (next !== undefined) next.focus();
  else if (key === "ArrowDown") buttons[from]?.click();
  return true;
}

function act(key: string, repeats: boolean): boolean {
  const action = actionOf(key);
  if (!human.value || action < 0) return false;
  if (!repeats || (status.value?.playing === false && !canRest())) press(action);
  return true;
}

function control(key: string): boolean {
  const now = status.value;
  const shown = frame.value;
  if (now === null || shown === null) return false;
  switch (key) {
    case " ":
    case "p":
      pauseOrPlay();
      return true;
    case "ArrowRight":
    case "ArrowLeft":
      // A person who plays reaches for all four of them, whichever act.
      if (human.value) return false;
      return control(key === "ArrowRight" ? "." : ",");
    case ".":
      send({ type: "step" });
      return true;
    case ",":
      send({ type: "seek", step: Math.max(0, shown.step - 1) });
      return true;
    case "Home":
      send({ type: "seek", step: 0 });
      return true;
    case "End":
      send({ type: "seek", step: shown.length });
      return true;
    case "Enter":
      if (hello.value?.mode !== "play" || shown.ended === null) return false;
      nextEpisode();
      return true;
    case "n":
      nextEpisode();
      return true;
    case "t":
      changeHands();
      return true;
    default:
      return false;
  }
}

/** Whether a key means something of its own where the focus is. */
function isTaken({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (["BUTTON", "A", "SUMMARY"].includes(target.tagName)) return key === " " || key === "Enter";
  return ["INPUT", "SELECT", "TEXTAREA"].includes(target.tagName);
}
