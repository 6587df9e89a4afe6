/** The part of jasmine that `run.ts` uses; jasmine has no types of its own. */
declare module "jasmine" {
  export interface Spec {
    getFullName(): string;
  }

  export interface Result {
    fullName: string;
    status: "passed" | "failed" | "pending" | "excluded";
    failedExpectations: { message: string; stack?: string }[];
  }

  export interface Reporter {
    specStarted(spec: Result): void;
    specDone(spec: Result): void;
    suiteDone(suite: Result): void;
    jasmineDone(run: Pick<Result, "failedExpectations">): void;
  }

  export default class Jasmine {
    env: { configure(options: { random: boolean; specFilter: (spec: Spec) => boolean }): void };
    jasmine: { DEFAULT_TIMEOUT_INTERVAL: number };
    exitOnCompletion: boolean;
    clearReporters(): void;
    addReporter(reporter: Reporter): void;
    execute(): Promise<unknown>;
  }
}
