import { expect, test } from "vitest";
import { EnvThread } from "../../../src/training/workers/env-thread.js";
import { requests } from "../../../src/training/workers/protocol.js";

test("a thread that is woken without a request does nothing", () => {
  const thread = new EnvThread({
    host: {
      ...{ id: "CartPole-v1", kwargs: {}, maxEpisodeSteps: undefined, disableEnvChecker: true },
      ...{ autoresetMode: "next-step", first: 0, count: 1 },
    },
    modules: [],
    moduleLoader: null,
    timeoutSeconds: 60,
    heapMegabytes: undefined,
  });
  try {
    thread.begin({ type: "reset", seeds: [1], chosen: [true], options: undefined });
    expect(thread.finish()).toMatchObject({ ok: true });
    const { control } = thread as unknown as { control: Int32Array };
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
