import { useRef } from "preact/hooks";
import { press, release } from "./keys.js";
import { frame, hello, human } from "./model.js";
import { pointed, targets } from "./pointing.js";
import "./board-buttons.css";

/** Over the board while a person plays: where it may be pointed at, a button for each action. */
export function BoardButtons() {
  const place = useRef<HTMLFieldSetElement>(null);
  const shown = frame.value;
  const names = hello.value?.stage.human?.names ?? [];
  if (!human.value || shown === null || shown.ended !== null || targets.value.length === 0) return null;
  const leave = (): void => {
    pointed.value = null;
  };
  return (
    <fieldset ref={place} class="board-buttons" onPointerLeave={leave}>
      <legend class="hidden">Board</legend>
      {targets.value.map(({ x, y, width, height }, action) => {
        const isLegal = shown.legal?.[action] !== 0;
        const pointHere = (): void => {
          pointed.value = isLegal ? action : null;
        };
        return (
          <button
            key={action}
            type="button"
            aria-label={names[action]}
            aria-disabled={!isLegal}
            style={{ left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` }}
            onPointerEnter={pointHere}
            onFocus={pointHere}
            onBlur={leave}
            onClick={() => {
              press(action);
              release(action);
            }}
          />
        );
      })}
    </fieldset>
  );
}
