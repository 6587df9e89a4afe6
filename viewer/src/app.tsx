import { hello, notice, records, status, trouble, wall } from "./model.js";
import { Branches } from "./panels/branches.js";
import { Dashboard } from "./panels/dashboard.js";
import { Keys } from "./panels/keys.js";
import { Thoughts } from "./panels/thoughts.js";
import { Transport } from "./panels/transport.js";
import { ValueLine } from "./panels/value-line.js";
import { StageView } from "./stage.js";

export function App() {
  const training = hello.value?.mode === "train";
  return (
    <div class="page">
      <Header />
      <main class="layout">
        <section class="stage" aria-label="Play">
          <StageView />
          <Trouble />
        </section>
        {training ? <Progress /> : <Transport />}
        <aside class="side" aria-label={training ? "How it learns" : "What it thinks"}>
          <Thoughts />
          {training ? (
            <Dashboard />
          ) : (
            <>
              <ValueLine />
              <Branches />
              <Keys />
            </>
          )}
        </aside>
      </main>
    </div>
  );
}

/** How far a training is. */
function Progress() {
  const start = records.value.find(({ event }) => event === "start");
  const steps = Number(start?.["steps"] ?? 0);
  const step = wall.value?.step ?? 0;
  const done = records.value.some(({ event }) => event === "done");
  return (
    <div class="transport">
      <div class="row">
        <progress
          class="grow"
          max={Math.max(1, steps)}
          value={done ? steps : step}
          aria-label="Environment steps"
        />
        <output class="count">
          step {step.toLocaleString("en")}
          <span class="quiet"> / {steps.toLocaleString("en")}</span>
        </output>
      </div>
      {done && <p class="quiet">The training has ended; `ludus watch last` plays what it has learnt.</p>}
    </div>
  );
}

function Header() {
  const about = hello.value;
  const now = status.value;
  return (
    <header class="header">
      <h1 class="brand">Ludus</h1>
      {about !== null && (
        <p class="what">
          <strong>{about.stage.env}</strong>
          <span class="quiet">
            {now?.controller === "human" ? "you play" : (now?.player ?? about.player)}
          </span>
        </p>
      )}
    </header>
  );
}

function Trouble() {
  const text = trouble.value ?? notice.value;
  if (text === null) return null;
  return (
    <p class={trouble.value === null ? "notice" : "notice grave"} role="status">
      {text}
    </p>
  );
}
