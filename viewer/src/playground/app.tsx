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
      <header class="header">
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
    <div class="notices" role="status">
      {sentences.map((sentence) => (
        <p key={sentence} class="panel fault">
          {sentence}
        </p>
      ))}
    </div>
  );
}
