"""Sequences per second that PyTorch trains on, for the work in behaviour-speed.ts. Prints them, and the
GFLOP/s of one 1,024 x 1,024 product: a PyTorch without a fast BLAS is slow for that reason."""

import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

ITEMS, WIDTH, HEADS, BLOCKS, LENGTH, BATCH, CANDIDATES, SCALE, DROPOUT = 10_002, 64, 2, 2, 50, 64, 4096, 16, 0.3

torch.manual_seed(1)
torch.set_num_threads(1)


def unit(x):
    return x / (x.square().sum(-1, keepdim=True) + 1e-5).sqrt()


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.before, self.between = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.query, self.key, self.value, self.out = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.wide, self.narrow = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)
        self.distance = nn.Parameter(torch.zeros(HEADS, LENGTH))
        steps = torch.arange(LENGTH)[:, None] - torch.arange(LENGTH)
        self.register_buffer("steps", steps.clamp(min=0))
        self.register_buffer("mask", torch.full((LENGTH, LENGTH), -1e9).triu(1))

    def split(self, x):
        return x.view(BATCH, LENGTH, HEADS, WIDTH // HEADS).transpose(1, 2)

    def forward(self, x):
        normed = self.before(x)
        query, key, value = (self.split(f(normed)) for f in (self.query, self.key, self.value))
        fit = query @ key.transpose(2, 3) / (WIDTH // HEADS) ** 0.5
        mixed = F.softmax(fit + self.distance[:, self.steps] + self.mask, -1) @ value
        attended = self.out(mixed.transpose(1, 2).reshape(BATCH, LENGTH, WIDTH))
        x = x + F.dropout(attended, DROPOUT)
        wide = F.gelu(self.wide(self.between(x)), approximate="tanh")
        return x + F.dropout(self.narrow(wide), DROPOUT)


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.position = nn.Parameter(torch.randn(LENGTH, WIDTH) / WIDTH**0.5)
        self.blocks = nn.ModuleList(Block() for _ in range(BLOCKS))
        self.after, self.next = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, WIDTH)

    def forward(self, rows, candidates, shares):
        x = F.dropout(unit(rows) + self.position, DROPOUT)
        for block in self.blocks:
            x = block(x)
        query = unit(self.next(self.after(x))).reshape(-1, WIDTH)
        return query @ (SCALE * unit(candidates)).T - shares


table = nn.Embedding(ITEMS, WIDTH, sparse=True)
network = Network()
sparse = torch.optim.SparseAdam(table.parameters(), lr=1e-3)
dense = torch.optim.Adam(network.parameters(), lr=1e-3)


def step():
    items = torch.randint(2, ITEMS, (BATCH, LENGTH + 1))
    targets = items[:, 1:].reshape(-1)
    own, places = targets.unique(return_inverse=True)
    fill = torch.randperm(ITEMS - 2)[: CANDIDATES - len(own)] + 2
    candidates = torch.cat([own, fill])
    logits = network(table(items[:, :-1]), table(candidates), torch.zeros(BATCH * LENGTH, CANDIDATES))
    loss = F.cross_entropy(logits, places)
    dense.zero_grad()
    sparse.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(network.parameters(), 5)
    dense.step()
    sparse.step()


steps = int(sys.argv[1])
step()
step()
begun = time.perf_counter()
for _ in range(steps):
    step()
rate = steps * BATCH / (time.perf_counter() - begun)
square = torch.randn(1024, 1024)
begun = time.perf_counter()
for _ in range(3):
    square @ square
print(rate, 3 * 2 * 1024**3 / (time.perf_counter() - begun) / 1e9)
