import { render } from "preact";
import { App } from "./app.js";
import { listenToKeys } from "./keys.js";

const place = document.getElementById("app")!;
// What stood there until the script had come.
place.replaceChildren();
render(<App />, place);
listenToKeys();
