import { expect, test } from "vitest";
import { EnvThread } from "../../../src/training/workers/env-thread.js";
import { answers, requests } from "../../../src/training/workers/protocol.js";

function cartPole(timeoutSeconds: number): EnvThread {
  return new EnvThread({
    host: {
      ...{ id: "CartPole-v1", kwargs: {}, maxEpisodeSteps: undefined, disableEnvChecker: true },
      ...{ autoresetMode: "next-step", first: 0, count: 1 },
    },
    modules: [],
    moduleLoader: null,
    timeoutSeconds,
    heapMegabytes: undefined,
  });
}

const controlOf = (thread: EnvThread) => (thread as unknown as { control: Int32Array }).control;

test("a thread that is woken without a request does nothing", () => {
  const thread = cartPole(60);
  try {
    thread.begin({ type: "reset", seeds: [1], chosen: [true], options: undefined });
    expect(thread.finish()).toMatchObject({ ok: true });
    const control = controlOf(thread);
    // As by a notification that comes late, when its request has been answered already.
    for (let i = 0; i < 50; i++) {
      Atomics.notify(control, requests);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
    thread.begin({ type: "step", actions: [1] });
    expect(thread.finish()).toMatchObject({ ok: true });
    thread.begin({ type: "snapshot" });
    expect(thread.finish()).toMatchObject({ ok: true, value: { envs: [expect.anything()] } });
  } finally {
    thread.close();
  }
});

test("an answer that comes too late is not taken for the next one", () => {
  const thread = cartPole(0);
  try {
    thread.begin({ type: "describe" });
    expect(() => thread.finish()).toThrow("it has not answered for 0 s");
    thread.begin({ type: "snapshot" });
    const control = controlOf(thread);
    for (let seen = 0; seen < 2; seen = Atomics.load(control, answers)) {
      expect(Atomics.wait(control, answers, seen, 120_000)).not.toBe("timed-out");
    }
    expect(() => thread.finish()).toThrow("it has not answered for 0 s");
  } finally {
    thread.close();
  }
});
