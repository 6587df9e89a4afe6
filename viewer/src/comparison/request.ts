import { effect } from "@preact/signals";
import type { Command, Reply } from "../../../src/viewer/protocol.js";
import { ask, notice, trouble } from "../model.js";

/** Milliseconds after which no answer is expected any more. */
const patience = 10_000;

type Question = Extract<Command, { type: "runs" | "run" }>;
type Answer<Asked extends Question> = Extract<Reply, { type: Asked["type"] }>;

let before: Promise<unknown> = Promise.resolve();

/**
 * Asks when everything that was asked before is answered, so that a notice can only be about this.
 * @returns the answer; a sentence why there is none; or null where nobody can be asked
 */
export function request<Asked extends Question>(question: Asked): Promise<Answer<Asked> | string | null> {
  const answer = before.then(() => askNow(question));
  before = answer;
  return answer;
}

/** Whoever waits. Answers say what they are of: one that comes too late for its question is not taken for another's. */
let waiting: (reply: Reply) => void = () => {};

function askNow<Asked extends Question>(question: Asked): Promise<Answer<Asked> | string | null> {
  if (trouble.peek() !== null || document.hidden) return Promise.resolve(null);
  return new Promise((done) => {
    const end = (outcome: Answer<Asked> | string | null): void => {
      clearTimeout(timer);
      stopListening();
      waiting = () => {};
      done(outcome);
    };
    waiting = (reply) => {
      if (isAnswer(question, reply)) end(reply);
    };
    ask(question, question.type).then((reply) => waiting(reply));
    const timer = setTimeout(() => end(null), patience);
    const stopListening = effect(() => {
      const why = notice.value;
      if (trouble.value !== null) end(null);
      else if (why !== null) {
        end(why);
        // Told here, and not beside the play as well.
        notice.value = null;
      }
    });
  });
}

function isAnswer<Asked extends Question>(question: Asked, reply: Reply): reply is Answer<Asked> {
  if (question.type === "run") return reply.type === "run" && reply.id === question.id;
  return reply.type === "runs";
}
