import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/** One line of JSON. */
export type Answer = Readonly<Record<string, unknown>>;

/** A program that answers questions, one line of JSON for each. What it times it times itself, without the pipe. */
export class Respondent {
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private readonly lines: AsyncIterator<string>;
  private readonly ended: Promise<string>;

  /** @param env is laid over this process's environment; what the program writes on stderr goes to ours */
  constructor(
    private readonly name: string,
    command: readonly [string, ...string[]],
    env: Readonly<Record<string, string>> = {},
  ) {
    const [program, ...args] = command;
    this.child = spawn(program, args, {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, ...env },
    });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    this.ended = new Promise((resolve) => {
      this.child.once("error", (error) => resolve(error.message));
      this.child.once("close", (code, signal) => resolve(`it ended with ${signal ?? `status ${code}`}`));
    });
    // A program that is gone is noticed when its answer is waited for.
    this.child.stdin.on("error", () => {});
  }

  ask(question: object): Promise<Answer> {
    this.child.stdin.write(`${JSON.stringify(question)}\n`);
    return this.answer();
  }

  /** The next line that comes without a question, or after one. */
  async answer(): Promise<Answer> {
    const { done, value } = await this.lines.next();
    if (done) throw new Error(`${this.name} gave no answer: ${await this.ended}.`);
    return JSON.parse(value) as Answer;
  }

  /** Waits until the program has ended. */
  async close(): Promise<void> {
    this.child.stdin.end();
    await this.ended;
  }
}

/** A worker in TypeScript, on one engine with so many threads. Its addon reads the number of threads when it loads. */
export function startWorker(file: string, engine: string, threads: number): Respondent {
  const name = `${engine} on ${threads} ${threads === 1 ? "thread" : "threads"}`;
  return new Respondent(name, [process.execPath, "--import", "tsx", file, engine], {
    LUDUS_THREADS: String(threads),
  });
}

/** The other end: answers each line of stdin with a line of stdout, until there are no more. */
export async function answerQuestions<Question>(
  answer: (question: Question) => Answer | Promise<Answer>,
): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await answer(JSON.parse(line) as Question)));
  }
}
