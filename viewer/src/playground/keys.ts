import { opened, trainEpoch, trainOrPause } from "./state.js";

/** Space trains or pauses, a full stop trains an epoch, Escape closes what is open. */
export function listenToKeys(): void {
  addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") opened.value = null;
    else if (event.key === " " && !isIn(event, "a, button, input:not([type=range]), select")) trainOrPause();
    else if (event.key === "." && !isIn(event, "input[type=number], select")) void trainEpoch();
    else return;
    event.preventDefault();
  });
}

/** Whether it goes to something to which its key means something of its own. */
function isIn({ target }: KeyboardEvent, selector: string): boolean {
  return target instanceof Element && target.closest(selector) !== null;
}
