import { useEffect } from "preact/hooks";
import { followGamepad, gamepadName } from "../gamepad.js";
import { canRest, held, keyName, keysOf, press, release } from "../keys.js";
import { hello, human, status } from "../model.js";
import { targets } from "../pointing.js";
import "./keys.css";

type Row = readonly [keys: readonly string[], what: string];

const time: readonly Row[] = [
  [["space", "P"], "play or pause"],
  [["←", "→"], "a step back or on"],
  [["N"], "next episode"],
  [["T"], "take over"],
];

const timeWhilePlaying: readonly Row[] = [
  [["space", "P"], "play or pause"],
  [[",", "."], "a step back or on"],
  [["N"], "next episode"],
  [["T"], "hand back"],
];

/** Which key does what; while a person plays, the actions, too, and buttons for whoever has no keys. */
export function Keys() {
  useEffect(followGamepad, []);
  return (
    <section class="panel">
      <h2>Keys</h2>
      {human.value && <p class="quiet">{howKeysCount()}</p>}
      <dl class="keys">
        {human.value && (targets.value.length > 0 ? <BoardRows /> : <ActionRows />)}
        {(human.value ? timeWhilePlaying : time).map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <Gamepad />
      {human.value && targets.value.length === 0 && <TouchPad />}
    </section>
  );
}

/** Which gamepad there is, and what its two middle buttons do. */
function Gamepad() {
  const name = gamepadName.value;
  return (
    <p class="quiet gamepad" role="status">
      {name === null
        ? "A gamepad plays, too: press one of its buttons."
        : `${name}: start pauses and plays, select ${human.value ? "hands back" : "takes over"}.`}
    </p>
  );
}

function howKeysCount(): string {
  if (hello.value?.stage.arena?.waits === true) return "The game waits for your move.";
  if (hello.value?.mode === "play" && canRest()) return "Hold a key: it counts at every step.";
  return status.value?.playing === true ? "The last key counts at every step." : "Each key makes one step.";
}

function ActionRows() {
  const names = hello.value?.stage.human?.names ?? [];
  const keys = keysOf(names);
  return (
    <>
      {names.map((name, action) => (
        <div key={name} class={held.value.includes(action) ? "held" : ""}>
          <dt>
            <kbd>{keyName(keys[action]!)}</kbd>
          </dt>
          <dd>{name}</dd>
        </div>
      ))}
    </>
  );
}

/** Of a board that can be pointed at. */
function BoardRows() {
  return (
    <>
      <div>
        <dt>
          <kbd>1</kbd> to <kbd>{targets.value.length}</kbd>
        </dt>
        <dd>choose a place by its number</dd>
      </div>
      <div>
        <dt>
          <kbd>←</kbd>
          <kbd>→</kbd>
        </dt>
        <dd>from place to place</dd>
      </div>
      <div>
        <dt>
          <kbd>Enter</kbd>
          <kbd>↓</kbd>
        </dt>
        <dd>choose it</dd>
      </div>
    </>
  );
}

/** Buttons for thumbs: a cross of directions, and the other actions. */
function TouchPad() {
  const names = hello.value?.stage.human?.names ?? [];
  const keys = keysOf(names);
  const actions = names.map((name, action) => ({ name, action, key: keys[action]! }));
  // While time goes on by itself, who does nothing touches nothing.
  const shown = actions.filter(({ key }) => key !== "0" || hello.value?.mode !== "play");
  const arrows = shown.filter(({ key }) => key.startsWith("Arrow"));
  const others = shown.filter(({ key }) => !key.startsWith("Arrow"));
  return (
    <fieldset class="pad">
      <legend class="hidden">Actions</legend>
      <div class={arrows.some(({ key }) => key === "ArrowUp" || key === "ArrowDown") ? "cross" : "sides"}>
        {arrows.map(({ name, action, key }) => (
          <ActionButton key={key} name={name} action={action} text={keyName(key)} place={key} />
        ))}
      </div>
      {others.length > 0 && (
        <div class="others">
          {others.map(({ name, action, key }) => (
            <ActionButton key={key} name={name} action={action} text={name} />
          ))}
        </div>
      )}
    </fieldset>
  );
}

interface ActionButtonProps {
  name: string;
  action: number;
  text: string;
  /** Where it is in the cross: the name of its arrow key. */
  place?: string;
}

/** Acts while it is held. */
function ActionButton({ name, action, text, place = "" }: ActionButtonProps) {
  const letGo = (): void => release(action);
  const byKey = (act: (action: number) => void) => (event: KeyboardEvent) => {
    if ((event.key === " " || event.key === "Enter") && !event.repeat) act(action);
  };
  return (
    <button
      type="button"
      class={`touch ${place} ${held.value.includes(action) ? "held" : ""}`}
      aria-label={name}
      onPointerDown={() => press(action)}
      onPointerUp={letGo}
      onPointerCancel={letGo}
      onPointerLeave={letGo}
      onLostPointerCapture={letGo}
      onKeyDown={byKey(press)}
      onKeyUp={byKey(release)}
      onBlur={letGo}
      onContextMenu={(event) => event.preventDefault()}
    >
      {text}
    </button>
  );
}
