import { render } from "preact";
import { App } from "./app.js";
import { listenToKeys } from "./keys.js";

render(<App />, document.getElementById("app")!);
listenToKeys();
