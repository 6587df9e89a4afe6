import { useEffect, useRef, useState } from "preact/hooks";
import { frame, hello, status } from "../model.js";
import { mostFrames } from "./animation.js";
import { cancelAnimation, type Kind, progress, save } from "./save.js";
import "./export.css";

interface Item {
  kind: Kind;
  title: string;
  ending: string;
  text: string;
}

function items(): Item[] {
  const steps = (frame.value?.length ?? 0) < mostFrames ? "All steps" : `${mostFrames} steps from here`;
  const speed = `${status.value?.speed ?? 12} a second`;
  const all: Item[] = [
    { kind: "episode", title: "Episode", ending: ".json", text: "Opens again with ludus watch" },
    { kind: "picture", title: "Picture", ending: ".png", text: "The step that is shown" },
    { kind: "animation", title: "Animation", ending: ".png", text: `${steps}, ${speed}` },
    { kind: "replay", title: "Replay", ending: ".html", text: "Plays in a browser, without Ludus" },
  ];
  // A replay is one already.
  return all.filter(({ kind }) => kind !== "replay" || hello.value?.mode !== "replay");
}

/** Saves the episode, or the step, that is shown. */
export function SaveMenu() {
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setOpen(false);
    opener.current?.focus();
  };
  useEffect(() => {
    if (!open) return;
    const menu = place.current!;
    menu.querySelector<HTMLButtonElement>(".choices button")?.focus();
    const press = (event: KeyboardEvent): void => {
      if (event.key === "Escape") close();
      else if (moveFocus(menu, event.key)) event.preventDefault();
    };
    const leave = ({ target }: Event): void => {
      if (!menu.contains(target as Node)) setOpen(false);
    };
    menu.addEventListener("keydown", press);
    addEventListener("pointerdown", leave);
    addEventListener("focusin", leave);
    return () => {
      menu.removeEventListener("keydown", press);
      removeEventListener("pointerdown", leave);
      removeEventListener("focusin", leave);
    };
  }, [open]);
  const busy = progress.value !== null;
  const wasBusy = useRef(busy);
  useEffect(() => {
    // Where the button that cancels had it.
    if (wasBusy.current && !busy && document.activeElement === document.body) opener.current?.focus();
    wasBusy.current = busy;
  }, [busy]);
  return (
    <div ref={place} class="save">
      <button
        ref={opener}
        type="button"
        disabled={busy}
        aria-expanded={open}
        aria-controls="save-choices"
        onClick={() => setOpen(!open)}
      >
        Save
      </button>
      {busy && <Progress />}
      <ul id="save-choices" class="choices" hidden={!open} aria-label="Save as">
        {items().map(({ kind, title, ending, text }) => (
          <li key={kind}>
            <button
              type="button"
              onClick={() => {
                close();
                void save(kind);
              }}
            >
              <span>{title}</span> <span class="quiet">{ending}</span>
              <small class="quiet">{text}</small>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** To the choice above or below. @returns whether the key was one for that */
function moveFocus(menu: HTMLElement, key: string): boolean {
  const choices = [...menu.querySelectorAll<HTMLButtonElement>(".choices button")];
  const at = choices.indexOf(document.activeElement as HTMLButtonElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[key];
  if (to === undefined) return false;
  choices.at(to % choices.length)?.focus();
  return true;
}

/** How far an animation is. */
function Progress() {
  const { drawn, frames } = progress.value!;
  const cancel = useRef<HTMLButtonElement>(null);
  useEffect(() => cancel.current?.focus(), []);
  const packing = drawn === frames;
  return (
    <div class="choices making">
      <label>
        {packing ? "Packing ..." : `${drawn} of ${frames} pictures drawn`}
        <progress max={frames} value={packing ? undefined : drawn} />
      </label>
      <button ref={cancel} type="button" onClick={cancelAnimation}>
        Cancel
      </button>
    </div>
  );
}
