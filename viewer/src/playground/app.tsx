import { ControlBar } from "./control-bar.js";
import { CopyLink } from "./copy-link.js";
import { DataPanel } from "./data-panel.js";
import { NetworkView } from "./network-view.js";
import { OutputPanel } from "./output-panel.js";
import { faults, trouble } from "./state.js";
import "./playground.css";

export function App() {
  return (
    <div class="page">
      <header class="header centred">
        <h1 class="brand">Ludus</h1>
        <p class="what">
          <strong>Playground</strong>
          <span class="quiet">a net that learns while you watch</span>
        </p>
        <CopyLink />
      </header>
      <main class="playground">
        <div class="top">
          <ControlBar />
          <Notices />
        </div>
        <DataPanel />
        <NetworkView />
        <OutputPanel />
      </main>
    </div>
  );
}

/** What is wrong, in sentences. */
function Notices() {
  const sentences = [...faults.value, ...(trouble.value === null ? [] : [trouble.value])];
  return (
    <div role="status">
      {sentences.length > 0 && (
        <ul class="panel notices">
          {sentences.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
