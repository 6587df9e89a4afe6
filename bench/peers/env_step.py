"""Gymnasium's environments, as a peer of bench/env-step-peers.ts: one JSON question a line on stdin, one JSON answer a line on stdout.

{"env": "CartPole-v1", "mode": "single", "numEnvs": 1, "steps": 10000} -> {"seconds": 0.05}
The first line that it writes says which Gymnasium this is, and which of the environments that were named in the arguments
it has. Modes: single (make), vector (SyncVectorEnv). Random actions are drawn beforehand.
"""

import json
import sys
import time
import warnings

warnings.filterwarnings("ignore")

import gymnasium
import numpy

try:
    from minatar.gym import register_envs

    register_envs()
except ImportError:
    pass

CYCLE = 1024


class Single:
    def __init__(self, env_id, _num_envs):
        self.env = gymnasium.make(env_id)
        self.env.action_space.seed(7)
        self.actions = [self.env.action_space.sample() for _ in range(CYCLE)]
        self.env.reset(seed=1)

    def work(self, steps):
        env, actions = self.env, self.actions
        for step in range(steps):
            _, _, terminated, truncated, _ = env.step(actions[step % CYCLE])
            if terminated or truncated:
                env.reset()


class Vector:
    def __init__(self, env_id, num_envs):
        self.num_envs = num_envs
        self.envs = gymnasium.make_vec(env_id, num_envs=num_envs, vectorization_mode="sync")
        self.envs.action_space.seed(7)
        self.actions = [self.envs.action_space.sample() for _ in range(CYCLE)]
        self.envs.reset(seed=1)

    def work(self, steps):
        for step in range(max(1, steps // self.num_envs)):
            self.envs.step(self.actions[step % CYCLE])


def main():
    known = [env_id for env_id in sys.argv[1:] if env_id in gymnasium.registry]
    print(json.dumps({"gymnasium": gymnasium.__version__, "numpy": numpy.__version__, "envs": known}), flush=True)
    made = {}
    for line in sys.stdin:
        question = json.loads(line)
        key = (question["env"], question["mode"], question["numEnvs"])
        if key not in made:
            made[key] = (Single if key[1] == "single" else Vector)(key[0], key[2])
        start = time.perf_counter()
        made[key].work(question["steps"])
        print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)


main()
