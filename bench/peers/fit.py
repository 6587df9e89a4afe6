"""Training steps in PyTorch, as a peer of bench/fit.ts.

{"net": "lenet5", "batch": 64, "threads": 1, "iterations": 100} -> {"seconds": 0.25}; see torch_peer.py.
"""

import warnings

warnings.filterwarnings("ignore")

import torch
from torch import nn
from torch.nn import functional as F

from torch_peer import serve

CLASSES = 10
# Batches that take turns.
BATCHES = 8


def lenet5():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, CLASSES),
    )  # fmt: skip


def normalized(inputs, filters, size, stride=1):
    convolution = nn.Conv2d(inputs, filters, size, stride=stride, padding=(size - 1) // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(filters))


class BasicBlock(nn.Module):
    def __init__(self, inputs, filters):
        super().__init__()
        stride = 1 if inputs == filters else 2
        self.convolutions = nn.Sequential(
            normalized(inputs, filters, 3, stride), nn.ReLU(inplace=True), normalized(filters, filters, 3)
        )
        self.shortcut = nn.Identity() if inputs == filters else normalized(inputs, filters, 1, stride)

    def forward(self, x):
        return F.relu(self.convolutions(x) + self.shortcut(x), inplace=True)


def resnet18():
    channels = [64, 64, 64, 128, 128, 256, 256, 512, 512]
    blocks = [BasicBlock(inputs, filters) for inputs, filters in zip(channels, channels[1:])]
    return nn.Sequential(
        normalized(3, 64, 3), nn.ReLU(inplace=True), *blocks,
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, CLASSES),
    )  # fmt: skip


# Net, shape of an image (channels first), number of parameters, optimiser with Ludus's settings.
NETS = {
    "lenet5": (lenet5, (1, 28, 28), 61_706, lambda p: torch.optim.Adam(p, lr=0.001)),
    "resnet18": (resnet18, (3, 32, 32), 11_173_962, lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9)),
}


class Pupil:
    def __init__(self, net, rows):
        torch.manual_seed(1)
        make, shape, parameters, optimizer = NETS[net]
        self.net = make()
        assert sum(p.numel() for p in self.net.parameters()) == parameters
        self.optimizer = optimizer(self.net.parameters())
        self.batches = [(torch.rand(rows, *shape), torch.randint(CLASSES, (rows,))) for _ in range(BATCHES)]

    def step(self, iteration):
        """Forward, cross-entropy, gradients, optimiser."""
        images, labels = self.batches[iteration % BATCHES]
        loss = F.cross_entropy(self.net(images), labels)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return loss.item()


pupils = {}


def work_for(question):
    key = question["net"], question["batch"]
    if key not in pupils:
        pupils[key] = Pupil(*key)
    return pupils[key].step


serve(work_for)
