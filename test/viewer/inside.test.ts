import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { policyMind } from "../../src/cli/viewing/minds.js";
import { openStage } from "../../src/cli/viewing/stage.js";
import { openActing, openRun, resolveConfig, train } from "../../src/training/index.js";
import type { Mind } from "../../src/viewer/mind.js";
import { PlaySession } from "../../src/viewer/play-session.js";
import type { Command, Inside, Recording } from "../../src/viewer/protocol.js";
import { reopenedBranch } from "../../src/viewer/reopened.js";

const env = "Ludus/TMaze-v0";
const seed = 11;
const { openEnv, stage } = openStage(env, {}, null);

/** Opens a checkpoint of a short run, whose policy remembers. */
let open: (step: number | "last") => Promise<Mind>;

beforeAll(async () => {
  const runs = mkdtempSync(join(tmpdir(), "ludus-test-"));
  const drqn = {
    net: { type: "mlp", hidden: [8] },
    lstm: { units: 6 },
    sequence: { length: 4, burnIn: 2 },
  };
  const config = resolveConfig({
    ...{ agent: "drqn", env, seed: 3, steps: 200, numEnvs: 2, drqn },
    learn: { startAt: 50, every: 2, batchSize: 8 },
    replay: { capacity: 200 },
    evaluation: { every: 0, episodes: 1, finalEpisodes: 1 },
    checkpoint: { every: 100 },
  });
  const run = openRun((await train({ config, runs })).run);
  open = async (step) => policyMind(await openActing(run, step));
  return () => rmSync(runs, { recursive: true, force: true });
});

function sessionOf(mind: Mind, reopened: ConstructorParameters<typeof PlaySession>[0]["reopened"] = null) {
  const session = new PlaySession({ openEnv, stage, mind, seed, openMind: open, reopened });
  const does = async (...commands: Command[]) => {
    for (const command of commands) await session.handle(command);
  };
  return { session, does };
}

/** What a policy that has seen the branch from its start makes of a step. */
function asLived(mind: Mind, actions: readonly unknown[], step: number): Inside {
  const own = openEnv();
  let { observation } = own.reset({ seed });
  mind.restart();
  for (let at = 0; at < step; at++) {
    mind.choose(observation, { seat: 0, legal: null });
    ({ observation } = own.step(actions[at] as never));
  }
  mind.choose(observation, { seat: 0, legal: null });
  own.close();
  return mind.inside();
}

test("a policy that remembers is looked into as it was at the step, wherever one has been since", async () => {
  const { session, does } = sessionOf(await open("last"));
  const witness = await open("last");
  await does({ type: "inside", on: true });
  const live = [session.frame(0).inside!];
  while (live.length < 10 && session.advance()) live.push(session.frame(0).inside!);
  expect(live).toHaveLength(10);
  for (const { net } of live) expect(net!.saliency!.shape).toEqual([3, 3]);
  const { actions } = session.branch;
  for (const step of [9, 3, 0, 8, 4]) {
    await does({ type: "seek", step });
    expect(session.frame(0).inside, `step ${step}`).toEqual(live[step]);
    expect(live[step]).toEqual(asLived(witness, actions, step));
  }

  // A branch of one's own, which leads elsewhere.
  await does({ type: "fork", controller: "human" }, { type: "act", action: 3 }, { type: "act", action: 3 });
  expect(session.branch.length).toBe(6);
  expect(session.frame(0).inside).toEqual(asLived(witness, session.branch.actions, 6));
  await does({ type: "fork", controller: "policy" }, { type: "step" });
  expect(session.frame(0).inside).toEqual(asLived(witness, session.branch.actions, 7));
  await does({ type: "branch", branch: 0 }, { type: "seek", step: 5 });
  expect(session.frame(0).inside).toEqual(live[5]);

  // A file of it.
  const { episode } = (await session.handle({ type: "record" })) as Recording;
  const branch = reopenedBranch(episode, { openEnv, stage, mind: witness });
  const { session: again, does: doesAgain } = sessionOf(witness, { episode, branch });
  await doesAgain({ type: "inside", on: true }, { type: "seek", step: 5 });
  expect(again.frame(0).inside).toEqual(live[5]);

  // Another checkpoint, from here on: it is looked into by what it would remember.
  await does({ type: "fork", controller: "policy", checkpoint: 0 });
  const first = await open(0);
  expect(session.frame(0).inside).toEqual(asLived(first, session.branch.actions, 5));
  expect(session.frame(0).inside).not.toEqual(live[5]);
  first.dispose();
  for (const each of [session, again]) each.dispose();
});

test("looking inside at every step changes nothing of the play", async () => {
  const [looking, other] = [sessionOf(await open("last")), sessionOf(await open("last"))];
  const play = ({ session }: typeof looking) => {
    while (session.advance()) session.frame(0);
    const { actions, rewards, choices } = session.branch;
    return { actions, rewards, choices };
  };
  await looking.does({ type: "inside", on: true });
  expect(play(looking)).toEqual(play(other));
  for (const { session } of [looking, other]) session.dispose();
});
