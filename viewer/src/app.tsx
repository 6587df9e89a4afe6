import type { Hello, Status } from "../../src/viewer/protocol.js";
import { seatOf } from "./arena.js";
import { BoardButtons } from "./board-buttons.js";
import { RunsView } from "./comparison/runs-view.js";
import { ViewSwitch, view } from "./comparison/view-switch.js";
import { AboutReplay } from "./export/about-replay.js";
import { frame, hello, notice, records, standstill, status, trainingDone, wall } from "./model.js";
import { Branches } from "./panels/branches.js";
import { Dashboard } from "./panels/dashboard.js";
import { Inside } from "./panels/inside.js";
import { Keys } from "./panels/keys.js";
import { MatchBar } from "./panels/match-bar.js";
import { GameCard, Scores } from "./panels/scores.js";
import { Thoughts } from "./panels/thoughts.js";
import { Transport } from "./panels/transport.js";
import { ValueLine } from "./panels/value-line.js";
import { WallSummary, WallTransport } from "./panels/wall.js";
import { StageView } from "./stage.js";

export function App() {
  const alone = hello.value?.mode === "replay";
  return (
    <div class="page">
      <Header />
      {view.value === "runs" && !alone ? <RunsView /> : <Play />}
    </div>
  );
}

function Play() {
  const mode = hello.value?.mode ?? "watch";
  return (
    <main class="layout">
      <section class="stage" aria-label="Play">
        <StageView />
        <BoardButtons />
        <GameCard />
        <MatchBar />
        <Trouble />
      </section>
      <Time mode={mode} />
      <aside class="side" {...sideOf(mode)}>
        <Side mode={mode} />
      </aside>
    </main>
  );
}

type Mode = Hello["mode"];

/** Of a training it has nothing that takes the focus: keys could not scroll it if it did not itself. */
function sideOf(mode: Mode): { "aria-label": string; tabIndex?: number } {
  return mode === "train"
    ? { "aria-label": "How it learns", tabIndex: 0 }
    : { "aria-label": "What it thinks" };
}

function Time({ mode }: { mode: Mode }) {
  if (mode === "train") return <Progress />;
  return mode === "wall" ? <WallTransport /> : <Transport />;
}

function Side({ mode }: { mode: Mode }) {
  switch (mode) {
    case "train":
      return (
        <>
          <Thoughts />
          <Dashboard />
        </>
      );
    case "wall":
      return <WallSummary />;
    case "play":
      return (
        <>
          <Scores />
          <Keys />
          {hello.value?.run != null && <Thoughts />}
          <ValueLine />
          <Branches />
        </>
      );
    case "replay":
      return (
        <>
          <Thoughts />
          <ValueLine />
          <AboutReplay />
        </>
      );
    case "watch":
      return (
        <>
          <Thoughts />
          <ValueLine />
          <Branches />
          <Inside />
          <Keys />
        </>
      );
    default:
      throw new Error(`There is no mode ${mode satisfies never}.`);
  }
}

/** How far a training is. */
function Progress() {
  const start = records.value.find(({ event }) => event === "start");
  const steps = Number(start?.["steps"] ?? 0);
  const written = records.value.findLast(({ step }) => typeof step === "number");
  const step = Math.max(wall.value?.step ?? 0, Number(written?.["step"] ?? 0));
  const done = trainingDone.value;
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
          <span class="quiet">{now === null ? about.player : playerOf(now)}</span>
          <Seat />
        </p>
      )}
      {about?.mode !== "replay" && <ViewSwitch />}
    </header>
  );
}

/** Of an arena, whose seat is held, and who is on the others. */
function Seat() {
  const { stage } = hello.value!;
  const shown = frame.value;
  if (stage.arena === null || shown === null) return null;
  return (
    <span class="quiet">
      as {seatOf(stage, shown)}, others: {stage.arena.others}
    </span>
  );
}

/** Who plays here, or played it. */
function playerOf({ controller, player, branch, branches }: Status): string {
  if (controller === "human") return "you play";
  const shown = frame.value;
  const isOld = shown !== null && (shown.step < shown.length || shown.ended !== null);
  return (isOld ? branches.find(({ id }) => id === branch)?.player : null) ?? player;
}

function Trouble() {
  const text = standstill.value ?? notice.value;
  if (text === null) return null;
  return (
    <p class={standstill.value === null ? "notice" : "notice grave"} role="status">
      {text}
    </p>
  );
}
