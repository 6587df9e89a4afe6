import { opened, trainEpoch, trainOrPause } from "./state.js";

/** Space trains or pauses, a full stop trains an epoch, Escape closes what is open. */
export function listenToKeys(): void {
  addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") opened.value = null;
    // There these keys mean something of their own.
    else if (event.target instanceof Element && event.target.closest("a, button, input, select")) return;
    else if (event.key === " ") trainOrPause();
    else if (event.key === ".") void trainEpoch();
    else return;
    event.preventDefault();
  });
}
