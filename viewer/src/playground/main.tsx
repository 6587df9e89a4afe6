import "./strict-policy.js";
import { render } from "preact";
import { useEngine } from "../../../src/tensors/index.js";
import { App } from "./app.js";
import { listenToKeys } from "./keys.js";
import { keepAddress, reset } from "./state.js";

// Nets are so small that calls cost more than sums: plain JavaScript is as fast as any engine.
await useEngine("cpu");
const place = document.getElementById("app")!;
// What stood there until the script had come.
place.replaceChildren();
render(<App />, place);
listenToKeys();
keepAddress();
await reset();
