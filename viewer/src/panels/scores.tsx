import type { Frame, Rival, Status } from "../../../src/viewer/protocol.js";
import { tallyOf } from "../arena.js";
import { canRest, keyName, keysOf, nextEpisode } from "../keys.js";
import { frame, hello, human, status } from "../model.js";
import "./scores.css";

/** The person's score and the other player's, and what is kept of the play. */
export function Scores() {
  const now = status.value;
  const shown = frame.value;
  if (now === null || shown === null) return null;
  const { rival, saved } = now;
  const { stage } = hello.value!;
  if (stage.arena !== null) return <Match now={now} shown={shown} />;
  return (
    <section class="panel">
      <h2>{outcome(shown, rival) ?? "Scores"}</h2>
      <Versus own={shown.return} rival={rival} />
      <p class="quiet">
        {rival === null ? "Seed" : "Both play seed"} {seedOf(now)}.
      </p>
      {rival === null && (
        <p class="quiet">
          Nobody plays against you yet: <code>ludus train {stage.env}</code> makes somebody who does.
        </p>
      )}
      {saved !== null && <Saved {...saved} />}
    </section>
  );
}

/** Of an arena: others play in the same game. */
function Match({ now, shown }: { now: Status; shown: Frame }) {
  const { stage } = hello.value!;
  const { won, lost, drawn } = tallyOf(stage, now.branches);
  return (
    <section class="panel">
      <h2>Scores</h2>
      <Versus own={shown.return} rival={null} />
      {stage.arena!.contest && (
        <p class="quiet">
          {won} won, {lost} lost, {drawn} drawn.
        </p>
      )}
      <p class="quiet">Seed {seedOf(now)}.</p>
      {now.saved !== null && <Saved {...now.saved} />}
    </section>
  );
}

function Versus({ own, rival }: { own: number; rival: Rival | null }) {
  return (
    <dl class="versus">
      <div>
        <dt>you</dt>
        <dd>{rounded(own)}</dd>
      </div>
      {rival !== null && (
        <div>
          <dt>{rival.player}</dt>
          <dd>{rounded(rival.return)}</dd>
          <dd class="quiet">{aboutRival(rival)}</dd>
        </div>
      )}
    </dl>
  );
}

function Saved({ folder, episodes, trouble }: NonNullable<Status["saved"]>) {
  if (trouble !== null)
    return (
      <p class="grave" role="alert">
        {trouble}
      </p>
    );
  return (
    <p class="quiet path">
      {episodes === 0
        ? `What you play to its end is kept in ${folder}.`
        : `${episodes} ${episodes === 1 ? "episode" : "episodes"} kept in ${folder}.`}
    </p>
  );
}

/** Over the board where a game waits: which keys to play with, and at its end what came of it. */
export function GameCard() {
  const now = status.value;
  const shown = frame.value;
  const about = hello.value;
  if (about?.mode !== "play" || about.stage.arena !== null) return null;
  if (now === null || shown === null || now.playing || !human.value) return null;
  if (shown.ended !== null)
    return (
      <div class="card">
        <p class="headline" role="status">
          {outcome(shown, now.rival) ?? "The episode is over"}
        </p>
        <Versus own={shown.return} rival={now.rival} />
        <button type="button" class="primary" onClick={nextEpisode}>
          Next episode
        </button>
        <p class="hint">
          <kbd>N</kbd> or <kbd>Enter</kbd>
        </p>
      </div>
    );
  if (shown.step < shown.length || (shown.step > 0 && !canRest())) return null;
  return (
    <div class="card">
      <p class="headline" role="status">
        {shown.step > 0 ? "Paused" : howToBegin()}
      </p>
      <ActionKeys />
      {canRest() && (
        <p class="hint">
          <kbd>P</kbd> or <kbd>space</kbd> pauses
        </p>
      )}
    </div>
  );
}

function howToBegin(): string {
  const byTouch = matchMedia("(pointer: coarse)").matches;
  if (!canRest()) return byTouch ? "Each touch of a button is a step" : "Each key is a step";
  return byTouch ? "Touch a button to begin" : "Press a key to begin";
}

function ActionKeys() {
  const names = hello.value?.stage.human?.names ?? [];
  const keys = keysOf(names);
  return (
    <ul class="action-keys">
      {names.map((name, action) => (
        <li key={name}>
          <kbd>{keyName(keys[action]!)}</kbd> {name}
        </li>
      ))}
    </ul>
  );
}

/** Who won, in words; null while that is not known, and where nobody else plays. */
function outcome({ return: own, ended }: Frame, rival: Rival | null): string | null {
  if (ended === null || rival === null || rival.ended === null) return null;
  const lead = own - rival.return;
  if (lead === 0) return "A draw";
  return lead > 0 ? `You win by ${rounded(lead)}` : `You lose by ${rounded(-lead)}`;
}

function aboutRival({ length, ended, evaluation }: Rival): string {
  const steps = `${length.toLocaleString("en")} steps`;
  const mean =
    evaluation === null
      ? ""
      : `; mean ${evaluation.returnMean.toFixed(2)} over ${evaluation.episodes.toLocaleString("en")} episodes`;
  return `${ended === null ? `still plays, ${steps} so far` : steps}${mean}`;
}

function seedOf({ branches, branch }: Status): number {
  return branches.find(({ id }) => id === branch)!.seed;
}

function rounded(score: number): string {
  return String(Number(score.toFixed(3)));
}
