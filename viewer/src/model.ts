import { computed, signal } from "@preact/signals";
import type {
  Command,
  Frame,
  Hello,
  Metrics,
  Reply,
  ServerMessage,
  Status,
  Wall,
} from "../../src/viewer/protocol.js";
import { connect } from "./connection.js";
import { restAfterLook } from "./stage-renderer.js";

/** What the page knows. Only `receive` writes here what came from the server. */
export const hello = signal<Hello | null>(null);
export const status = signal<Status | null>(null);
export const frame = signal<Frame | null>(null);
/** All boards of a training that is watched. */
export const wall = signal<Wall | null>(null);
/** Records of the run's metrics, in their order. */
export const records = signal<Record<string, unknown>[]>([]);
/** Rewards and values of the branch that is shown, step by step. */
export const series = signal<{ rewards: number[]; values: number[] }>({ rewards: [], values: [] });
/** Why there is no connection; null while there is one. */
export const trouble = signal<string | null>("Connecting ...");
export const notice = signal<string | null>(null);

/** Whether the training that is shown has come to its end. */
export const trainingDone = computed(
  () => hello.value?.mode === "train" && records.value.some(({ event }) => event === "done"),
);
/** Why nothing new comes, where something should; null else. */
export const standstill = computed(() => (trainingDone.value ? null : trouble.value));

export const human = computed(() => status.value?.controller === "human");

const connection = connect({
  onMessage: (message) => receive(message),
  onState: (why) => {
    trouble.value = why;
  },
});

export function send(command: Command): void {
  notice.value = null;
  connection.send(command);
}

const askedFor = new Map<Reply["type"], ((reply: Reply) => void)[]>();

/** Sends a command that has an answer. There is none where the server says in a notice why it cannot be done. */
export function ask<Type extends Reply["type"]>(
  command: Command,
  type: Type,
): Promise<Extract<Reply, { type: Type }>> {
  send(command);
  return new Promise((done) => {
    const waiting = askedFor.get(type) ?? [];
    askedFor.set(type, [...waiting, done as (reply: Reply) => void]);
  });
}

function answer(reply: Reply): void {
  const [first, ...others] = askedFor.get(reply.type) ?? [];
  askedFor.set(reply.type, others);
  first?.(reply);
}

function receive(message: ServerMessage): void {
  switch (message.type) {
    case "hello":
      hello.value = message;
      document.title = `${message.stage.env} - Ludus`;
      break;
    case "status":
      status.value = message;
      break;
    case "frame":
      takeFrame(message);
      break;
    case "wall":
      wall.value = message;
      break;
    case "metrics":
      takeRecords(message);
      break;
    case "notice":
      notice.value = message.text;
      if (message.level === "error") askedFor.clear();
      break;
    case "recording":
    case "runs":
    case "run":
      answer(message);
      break;
    default:
      break;
  }
  // What is drawn, with the next picture of the screen: a page in the background asks for nothing.
  const rest = message.type === "wall" && hello.value?.mode === "train" ? restAfterLook() : 0;
  if (rest > 0) setTimeout(() => connection.ready(), rest);
  else if (message.type === "frame" || message.type === "wall") {
    requestAnimationFrame(() => connection.ready());
  } else connection.ready();
}

/** Milliseconds from one drawing of the charts to the next. */
const chartPeriod = 1000;

const newest: Record<string, unknown>[] = [];
let told = 0;
let toBeTold = false;

/** Records may come many times a second, and charts cost more than boards. */
function takeRecords({ from, records: some }: Metrics): void {
  newest.splice(from, newest.length - from, ...some);
  if (toBeTold) return;
  toBeTold = true;
  setTimeout(
    () => {
      toBeTold = false;
      told = performance.now();
      records.value = [...newest];
    },
    Math.max(0, told + chartPeriod - performance.now()),
  );
}

function takeFrame(message: Frame): void {
  const { from, rewards, values } = message.since;
  const before = series.value;
  series.value = {
    rewards: [...before.rewards.slice(0, from), ...rewards].slice(0, message.length),
    values: [...before.values.slice(0, from), ...values],
  };
  frame.value = message;
}
