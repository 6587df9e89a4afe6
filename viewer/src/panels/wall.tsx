import { send, status, wall } from "../model.js";
import { Speed } from "./speed.js";

/** Time of many boards at once. */
export function WallTransport() {
  const now = status.value;
  if (now === null) return <nav class="transport" aria-label="Time" />;
  return (
    <nav class="transport" aria-label="Time">
      <div class="row">
        <button type="button" class="primary" onClick={() => send({ type: now.playing ? "pause" : "play" })}>
          {now.playing ? "Pause" : "Play"}
        </button>
        <button type="button" onClick={() => send({ type: "step" })}>
          Step
        </button>
        <Speed />
        <button type="button" onClick={() => send({ type: "restart", seed: null })}>
          Begin anew
        </button>
      </div>
    </nav>
  );
}

/** What many boards have come to. */
export function WallSummary() {
  const shown = wall.value;
  if (shown === null) return null;
  const { finished, returns, step } = shown;
  const running = Array.from(returns);
  const rows: [string, string][] = [
    ["boards", String(running.length)],
    ["steps in all", step.toLocaleString("en")],
    ["episodes that have ended", (finished?.episodes ?? 0).toLocaleString("en")],
    [
      "their mean return",
      finished === null || finished.episodes === 0 ? "none yet" : finished.returnMean.toFixed(2),
    ],
    ["best of those that go on", String(Number(Math.max(...running).toFixed(2)))],
  ];
  return (
    <section class="panel">
      <h2>All boards</h2>
      <dl class="figures">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt class="quiet">{name}</dt>
            <dd class="number">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
