import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

const folder = resolve(process.env["LUDUS_SHARED"] ?? "../shared", "golden");

/** The parsed golden file, or null (with a printed reason) where the shared folder does not have it. */
export function goldenFile<T>(name: string): T | null {
  const path = resolve(folder, name);
  if (!existsSync(path)) {
    console.log(
      `golden ${name}: not checked, because ${path} is not there (set LUDUS_SHARED to the folder that holds golden/)`,
    );
    return null;
  }
  return JSON.parse(readFileSync(path, "utf8")) as T;
}

/** Counts records of one golden file: matched, not yet supported, mismatched. */
export class GoldenTally {
  private matched = 0;
  private readonly notSupported = new Map<string, number>();
  private readonly notExpressible = new Map<string, number>();
  private readonly mismatches: string[] = [];

  constructor(private readonly file: string) {}

  match(): void {
    this.matched++;
  }

  /** @param what the part of Ludus that is still missing, for instance an environment's id */
  unsupported(what: string): void {
    this.notSupported.set(what, (this.notSupported.get(what) ?? 0) + 1);
  }

  /** @param what that Python has and JavaScript has not, so that the question cannot be asked */
  inexpressible(what: string): void {
    this.notExpressible.set(what, (this.notExpressible.get(what) ?? 0) + 1);
  }

  mismatch(what: string): void {
    this.mismatches.push(what);
  }

  /** Runs `check`; an exception it throws is a mismatch of this record. */
  record(what: string, check: () => void): void {
    try {
      check();
      this.match();
    } catch (error) {
      this.mismatch(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Prints one line (and one per missing part), and throws if anything differed. */
  report(): void {
    const missing = [...this.notSupported.values()].reduce((sum, count) => sum + count, 0);
    console.log(
      `golden ${this.file}: ${this.matched} matched, ${missing} not yet supported, ${this.mismatches.length} mismatched`,
    );
    for (const [what, count] of this.notSupported) console.log(`  not yet supported: ${what} (${count})`);
    for (const [what, count] of this.notExpressible)
      console.log(`  no such thing in JavaScript: ${what} (${count})`);
    if (this.mismatches.length > 0) {
      throw new Error(
        `${this.file}: ${this.mismatches.length} records differ; first ones:\n${this.mismatches.slice(0, 5).join("\n")}`,
      );
    }
  }
}
