import type { Frame, Stage } from "../../../src/viewer/protocol.js";
import { resultOf, seatOf } from "../arena.js";
import { keyName, keysOf, nextEpisode } from "../keys.js";
import { frame, hello, human, status } from "../model.js";
import { targets } from "../pointing.js";
import "./match-bar.css";

/** Below the board of an arena in which a person plays: who is who, what to do, and at the end what came of it. */
export function MatchBar() {
  const about = hello.value;
  const now = status.value;
  const shown = frame.value;
  if (about?.mode !== "play" || about.stage.arena === null || now === null || shown === null) return null;
  const { stage } = about;
  return (
    <div class="match-bar">
      <p class="who">
        <span class="side-of">
          <span class="chip own" /> {seatOf(stage, shown)}, you
        </span>
        <span class="side-of">
          <span class="chip" /> {stage.arena!.others}
        </span>
      </p>
      <p class="what-now" role="status">
        {whatNow(stage, shown, now.playing)}
      </p>
      {shown.ended === null ? (
        human.value && targets.value.length === 0 && !now.playing && <ActionKeys />
      ) : (
        <button type="button" class="primary" aria-keyshortcuts="Enter" onClick={nextEpisode}>
          Play again
        </button>
      )}
    </div>
  );
}

function ActionKeys() {
  const names = hello.value!.stage.human?.names ?? [];
  const keys = keysOf(names);
  return (
    <ul class="action-keys">
      {names.map((name, action) => (
        <li key={name}>
          <kbd>{keyName(keys[action]!)}</kbd> {name}
        </li>
      ))}
    </ul>
  );
}

const results = { won: "You win!", lost: "You lose", drawn: "A draw" } as const;

function whatNow(stage: Stage, shown: Frame, playing: boolean): string {
  const result = resultOf(stage, shown);
  if (result !== null) return results[result];
  if (shown.ended !== null) return `Over, with a score of ${Number(shown.return.toFixed(3))}`;
  if (!human.value) return "The policy plays";
  if (stage.arena!.waits) return shown.step < shown.length ? "Move here to take back the rest" : yourMove();
  if (playing) return "";
  const byTouch = matchMedia("(pointer: coarse)").matches;
  const begin = byTouch ? "touch a button" : "press a key";
  return shown.step > 0
    ? `Paused: ${begin} to go on`
    : `${begin[0]!.toUpperCase()}${begin.slice(1)} to begin`;
}

function yourMove(): string {
  if (targets.value.length === 0) return "Your move";
  const byTouch = matchMedia("(pointer: coarse)").matches;
  return byTouch
    ? "Your move: touch the board"
    : `Your move: click the board, or press 1 to ${targets.value.length}`;
}
