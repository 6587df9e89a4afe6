import { signal } from "@preact/signals";
import {
  changeHands,
  chooseOnBoard,
  keysOf,
  moveOnBoard,
  nextEpisode,
  pauseOrPlay,
  press,
  release,
} from "./keys.js";
import { frame, hello, human } from "./model.js";
import { targets } from "./pointing.js";

/** What the gamepad that is played with calls itself; null where there is none. */
export const gamepadName = signal<string | null>(null);

/** Buttons of the standard mapping, https://w3c.github.io/gamepad/#remapping, and the keys whose actions they do. */
const directions: readonly { button: number; axis: number; sign: number; key: string }[] = [
  { button: 12, axis: 1, sign: -1, key: "ArrowUp" },
  { button: 13, axis: 1, sign: 1, key: "ArrowDown" },
  { button: 14, axis: 0, sign: -1, key: "ArrowLeft" },
  { button: 15, axis: 0, sign: 1, key: "ArrowRight" },
];
const faceButtons = [0, 1, 2, 3] as const;
const controls: readonly { button: number; act: () => void }[] = [
  { button: 8, act: changeHands },
  { button: 9, act: begin },
];

/** How far a stick has to be pushed, of 1. */
const threshold = 0.5;

/** Reads the first gamepad with every picture of the screen. @returns what ends it */
export function followGamepad(): () => void {
  let acted: readonly number[] = [];
  let controlled: readonly number[] = [];
  let moved: readonly string[] = [];
  const look = (): void => {
    request = requestAnimationFrame(look);
    const pad = connected();
    if (gamepadName.value !== (pad?.id ?? null)) gamepadName.value = pad?.id ?? null;
    const onBoard = human.value && targets.value.length > 0;
    const actions = pad === null || !human.value || onBoard ? [] : actionsOf(pad);
    const moves = pad === null || !onBoard ? [] : movesOf(pad);
    for (const move of moves) if (!moved.includes(move)) moveBy(move);
    moved = moves;
    for (const action of acted) if (!actions.includes(action)) release(action);
    for (const action of actions) if (!acted.includes(action)) press(action);
    acted = actions;
    const down = controls.filter(({ button }) => pad !== null && isDown(pad, button));
    for (const { button, act } of down) if (!controlled.includes(button)) act();
    controlled = down.map(({ button }) => button);
  };
  let request = requestAnimationFrame(look);
  return () => {
    cancelAnimationFrame(request);
    for (const action of acted) release(action);
  };
}

function connected(): Gamepad | null {
  // Browsers may keep gamepads from pages that come unencrypted from another machine.
  if (!("getGamepads" in navigator)) return null;
  return navigator.getGamepads().find((pad) => pad?.connected) ?? null;
}

function begin(): void {
  if (hello.value?.mode === "play" && frame.value?.ended != null) nextEpisode();
  else pauseOrPlay();
}

/** Actions that the gamepad asks for: directions by their names, the others by the buttons under the right thumb. */
function actionsOf(pad: Gamepad): number[] {
  const actions = hello.value?.stage.human;
  if (actions == null) return [];
  const keys = keysOf(actions.names);
  const others = keys.flatMap((key, action) => (key.startsWith("Arrow") || key === "0" ? [] : [action]));
  return [
    ...directions.flatMap(({ key, ...where }) => (points(pad, where) ? [keys.indexOf(key)] : [])),
    ...faceButtons.flatMap((button, i) => (isDown(pad, button) ? [others[i] ?? -1] : [])),
  ].filter((action) => action >= 0);
}

/** Keys that it stands for on a board that may be pointed at. */
function movesOf(pad: Gamepad): string[] {
  const arrows = directions.flatMap(({ key, ...where }) => (points(pad, where) ? [key] : []));
  return isDown(pad, faceButtons[0]) ? [...arrows, "Enter"] : arrows;
}

function moveBy(key: string): void {
  if (key === "Enter") chooseOnBoard();
  else moveOnBoard(key);
}

function points(pad: Gamepad, { button, axis, sign }: Omit<(typeof directions)[number], "key">): boolean {
  return isDown(pad, button) || (pad.axes[axis] ?? 0) * sign > threshold;
}

function isDown(pad: Gamepad, button: number): boolean {
  return pad.buttons[button]?.pressed === true;
}
