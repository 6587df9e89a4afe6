// Batches drawn from a full replay per second: observations and next observations, stacked, with 3-step returns.
import { spawnSync } from "node:child_process";
import { defaultRng, type Generator } from "gymnasium-js";
import { createReplay, type ElementSpec, type Replay } from "ludus";
import { type Bench, type BenchOptions, type BenchRecord, compare, scaled } from "./harness/bench.js";

const rows = 32;
const numEnvs = 8;
const episodeLength = 200;

/** Atari's frames are stacked when they are read; MinAtar's stand for themselves. */
const subjects = [
  { shape: "84x84x4", frame: [84, 84], stack: 4, capacity: 20_000, samples: 3000 },
  { shape: "10x10x4", frame: [10, 10, 4], stack: 1, capacity: 100_000, samples: 40_000 },
] as const;

async function* run(options: BenchOptions): AsyncIterable<BenchRecord> {
  for (const subject of subjects) {
    const capacity = scaled(subject.capacity, options);
    const replay = filled({ ...subject, capacity });
    const rng = defaultRng(1);
    const [measured] = await compare([
      {
        name: subject.shape,
        iterations: scaled(subject.samples, options),
        work: (samples) => draw(replay, rng, samples),
      },
    ]);
    const { shape } = subject;
    yield { library: "ludus", rows, shape, capacity, samplesPerSecond: Math.round(measured!.perSecond) };
  }
  yield* stableBaselines3(options);
}

/** Uses a value of each array of each batch. */
function draw(replay: Replay, rng: Generator, samples: number): number {
  let used = 0;
  for (let sample = 0; sample < samples; sample++) {
    const { observations, nextObservations, actions, rewards, discounts } = replay.sample(rng, rows);
    used += Number(observations.at(-1)) + Number(nextObservations[0]) + actions[0]! + rewards[0]!;
    used += discounts[rows - 1]!;
  }
  return used;
}

/** A replay of random frames whose oldest have gone already. */
function filled({
  frame,
  stack,
  capacity,
}: {
  frame: readonly number[];
  stack: number;
  capacity: number;
}): Replay {
  const element: ElementSpec = {
    observation: { shape: frame, dtype: "uint8" },
    action: { shape: [], dtype: "int32" },
    actionMask: 0,
  };
  const replay = createReplay({ element, numEnvs, capacity, nStep: 3, gamma: 0.99, stack });
  const rng = defaultRng(0);
  const size = numEnvs * frame.reduce((product, extent) => product * extent, 1);
  const [even, odd] = [0, 1].map(() => Uint8Array.from({ length: size }, () => rng.integers(0, 256)));
  const truncations = new Uint8Array(numEnvs);
  const step = {
    actions: new Int32Array(numEnvs).fill(1),
    rewards: new Float64Array(numEnvs).fill(1),
    terminations: new Uint8Array(numEnvs),
  };
  for (let t = 0; t < (1.1 * capacity) / numEnvs; t++) {
    const [observations, following] = t % 2 === 0 ? [even!, odd!] : [odd!, even!];
    truncations.fill(t % episodeLength === episodeLength - 1 ? 1 : 0);
    const { actions, rewards, terminations } = step;
    const next = {
      observations: following,
      rewards,
      terminations,
      truncations,
      finalObservations: following,
    };
    replay.add({ observations, actions, next });
  }
  return replay;
}

/** The same draw from Stable-Baselines3's buffer of whole stacks (one step, no n-step returns). */
const peerScript = `
import sys, time
import numpy as np
from gymnasium import spaces
from stable_baselines3 import __version__
from stable_baselines3.common.buffers import ReplayBuffer
capacity, samples = int(sys.argv[1]), int(sys.argv[2])
box = spaces.Box(0, 255, (4, 84, 84), np.uint8)
buffer = ReplayBuffer(capacity, box, spaces.Discrete(6), device="cpu", n_envs=1)
frames = np.random.default_rng(0).integers(0, 256, (2, 1, 4, 84, 84), dtype=np.uint8)
for t in range(capacity):
    buffer.add(frames[t % 2], frames[(t + 1) % 2], np.array([1]), np.array([1.0]), np.array([0.0]), [{}])
times = []
for repetition in range(7):
    start = time.perf_counter()
    for sample in range(samples):
        buffer.sample(${rows})
    times.append(time.perf_counter() - start)
print(__version__, samples / sorted(times[2:])[2])
`;

function* stableBaselines3(options: BenchOptions): Iterable<BenchRecord> {
  // A tenth of the frames, because every stack is kept whole, twice.
  const capacity = scaled(2000, options);
  const args = ["-c", peerScript, String(capacity), String(scaled(500, options))];
  const { status, stdout, stderr, error } = spawnSync("python3", args, { encoding: "utf8" });
  if (status !== 0) {
    const reason = error?.message ?? stderr.trim().split("\n").at(-1);
    console.error(`No row for Stable-Baselines3, which python3 could not run: ${reason}.`);
    return;
  }
  const [version, perSecond] = stdout.trim().split(" ");
  const samplesPerSecond = Math.round(Number(perSecond));
  yield { library: `stable-baselines3 ${version}`, rows, shape: "84x84x4", capacity, samplesPerSecond };
}

export default {
  name: "replay-sample",
  describe:
    "batches of 32 drawn from a full replay per second: stacked frames of Atari's size, and MinAtar's",
  run,
} satisfies Bench;
