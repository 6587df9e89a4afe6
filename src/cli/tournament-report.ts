import type { AloneResult, PairResult, TournamentProgress, TournamentResult } from "../training/index.js";
import { clip, columnsOf } from "./ansi.js";
import { type TournamentPlan, tournamentText } from "./tournament-text.js";

/** Milliseconds between two drawings of where it is. */
const redrawMs = 100;

/** What a tournament says: how it goes on stderr, what it came to on stdout, or all of it as JSON lines. */
export class TournamentReport {
  private drawnAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly plan: TournamentPlan,
    private readonly json: boolean,
    private readonly err: NodeJS.WriteStream = process.stderr,
  ) {}

  /** Where it is, on a terminal that can show it; the next line takes its place. */
  game({ players, played, games }: TournamentProgress): void {
    const now = performance.now();
    if (!this.err.isTTY || now - this.drawnAt < redrawMs) return;
    this.drawnAt = now;
    const share = `${String(Math.floor((100 * played) / games)).padStart(3)}%`;
    const text = `${share}  game ${(played + 1).toLocaleString("en")}/${games.toLocaleString("en")}  ${players.join(" - ")}`;
    this.err.write(`\r${clip(text, columnsOf(this.err) - 1)}\x1b[K`);
  }

  /** Ends the line that `game` may have begun. */
  clear(): void {
    if (this.err.isTTY) this.err.write("\r\x1b[K");
  }

  pair(result: PairResult): void {
    const { players, wins, draws, losses } = result;
    this.result("pair", result, `${players.join(" - ")}: ${wins}-${draws}-${losses}`);
  }

  player(result: AloneResult): void {
    this.result("player", result, `${result.name}: return ${result.returnMean.toFixed(2)}`);
  }

  done(result: TournamentResult): void {
    this.clear();
    const { venue, games, seed } = this.plan;
    if (!this.json) {
      process.stdout.write(`${tournamentText(result, this.plan)}\n`);
      return;
    }
    const { kind: _, ...played } = result;
    this.line({ event: "done", arena: venue.arena.id, settings: venue.settings, games, seed, ...played });
  }

  private result(event: string, result: object, words: string): void {
    this.clear();
    if (this.json) this.line({ event, ...result });
    this.err.write(`${words}\n`);
  }

  private line(event: object): void {
    process.stdout.write(`${JSON.stringify(event)}\n`);
  }
}
