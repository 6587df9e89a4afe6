"""DQN in PyTorch, as a peer of bench/dqn-update.ts.

{"net": "minatar", "batch": 32, "threads": 1, "what": "update", "iterations": 100} -> {"seconds": 0.25}; see torch_peer.py.
"""

import warnings

warnings.filterwarnings("ignore")

import torch
from torch import nn
from torch.nn import functional as F

from torch_peer import serve

ACTIONS = 6
# Batches that take turns; with a single one PyTorch's centred RMSprop ends in the root of a negative variance.
BATCHES = 8
TARGET_EVERY = 1000


def minatar_net():
    return nn.Sequential(
        nn.Conv2d(4, 16, 3), nn.ReLU(), nn.Flatten(), nn.Linear(1024, 128), nn.ReLU(), nn.Linear(128, ACTIONS)
    )


def nature_net():
    return nn.Sequential(
        nn.Conv2d(4, 32, 8, stride=4), nn.ReLU(),
        nn.Conv2d(32, 64, 4, stride=2), nn.ReLU(),
        nn.Conv2d(64, 64, 3), nn.ReLU(),
        nn.Flatten(), nn.Linear(3136, 512), nn.ReLU(), nn.Linear(512, ACTIONS),
    )  # fmt: skip


# Net, shape of an observation (channels first), factor of its bytes.
NETS = {
    "minatar": (minatar_net, (4, 10, 10), None),
    "nature": (nature_net, (4, 84, 84), 1 / 255),
}


class Dqn:
    def __init__(self, net, batch):
        torch.manual_seed(1)
        make, shape, self.scale = NETS[net]
        self.online, self.target = make(), make()
        self.target.load_state_dict(self.online.state_dict())
        self.optimizer = torch.optim.RMSprop(
            self.online.parameters(), lr=0.00025, alpha=0.95, eps=0.01, centered=True
        )
        self.updates = 0
        self.batches = [random_batch(batch, shape) for _ in range(BATCHES)]

    def input(self, observations):
        x = observations.float()
        return x if self.scale is None else x * self.scale

    def update(self, iteration):
        """y = R + discount * max_a' Qtarget(s', a'); one RMSprop step on Huber(Q(s, a) - y)."""
        observations, actions, rewards, discounts, next_observations = self.batches[iteration % BATCHES]
        with torch.no_grad():
            targets = rewards + discounts * self.target(self.input(next_observations)).max(1).values
        q = self.online(self.input(observations)).gather(1, actions).squeeze(1)
        loss = F.smooth_l1_loss(q, targets)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        self.updates += 1
        if self.updates % TARGET_EVERY == 0:
            self.target.load_state_dict(self.online.state_dict())
        return loss.item()

    def forward(self, iteration):
        with torch.no_grad():
            return self.online(self.input(self.batches[iteration % BATCHES][0]))[-1, 0].item()


def random_batch(rows, shape):
    """Observations, actions, rewards, discounts, next observations."""
    bits = (torch.rand(2, rows, *shape) < 0.2).to(torch.uint8)
    rewards = torch.randint(2, (rows,)).float()
    return bits[0], torch.randint(ACTIONS, (rows, 1)), rewards, torch.full((rows,), 0.99), bits[1]


agents = {}


def work_for(question):
    net, what = question["net"], question["what"]
    # An inference is the forward of one row.
    rows = 1 if what == "inference" else question["batch"]
    if (net, rows) not in agents:
        agents[net, rows] = Dqn(net, rows)
    agent = agents[net, rows]
    return agent.update if what == "update" else agent.forward


serve(work_for)
