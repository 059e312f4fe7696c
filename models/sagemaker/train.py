"""Trains the behaviour network on a GPU: the twin of models/behaviour/trainer.ts, with the same weights and losses.

Reads a folder that TypeScript wrote (dataset.ts): config.json, sequences.json or .json.gz, weights.json, weights.bin.
Writes weights.json, weights.bin and metrics.json. Runs on PyTorch from 1.13, on a CPU too.
"""

import argparse
import gzip
import json
import math
import os
import pathlib
import time

import torch
import torch.nn.functional as F

FIELDS = ["kind", "category", "price", "gap"]
PADDING, RESERVED, LEFT_OUT, TINY = 0, 2, 1e9, 1e-5
HYPER_PARAMETERS = pathlib.Path("/opt/ml/input/config/hyperparameters.json")
LENGTHS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 32, 50, 64]


def unit(x):
    return x / torch.sqrt((x * x).sum(-1, keepdim=True) + TINY)


class Network:
    """All small weights in one flat tensor, so that clipping and Adam are a handful of operations; `table`: items."""

    def __init__(self, config, named, device):
        self.config = config
        dense = [(name, x) for name, x in named.items() if name != "item"]
        self.names = [name for name, _ in dense]
        self.shapes = [x.shape for _, x in dense]
        self.sizes = [x.numel() for _, x in dense]
        self.flat = torch.cat([x.flatten() for _, x in dense]).to(device).requires_grad_()
        self.decays = torch.cat([torch.full((x.numel(),), float(n.endswith(".weight"))) for n, x in dense]).to(device)
        self.table = named["item"].to(device)

    def named(self, flat):
        parts = torch.split(flat, self.sizes)
        return {name: x.view(shape) for name, x, shape in zip(self.names, parts, self.shapes)}

    def states(self, w, rows, fields, drop):
        length = rows.shape[1]
        x = unit(rows)
        for name, index in fields.items():
            x = x + F.embedding(index, w[f"{name}Table"])
        x = drop(x + w["position"][:length])
        for block in range(self.config["blocks"]):
            at = f"block{block}"
            x = x + drop(self.attend(w, at, self.norm(w, f"{at}.before", x)))
            wide = F.gelu(self.dense(w, f"{at}.wide", self.norm(w, f"{at}.between", x)), approximate="tanh")
            x = x + drop(self.dense(w, f"{at}.narrow", wide))
        return self.norm(w, "after", x)

    def dense(self, w, name, x):
        return F.linear(x, w[f"{name}.weight"].t(), w[f"{name}.bias"])

    def norm(self, w, name, x):
        return F.layer_norm(x, x.shape[-1:], w[f"{name}.gain"], w[f"{name}.shift"], TINY)

    def attend(self, w, at, x):
        batch, length, width = x.shape
        heads = self.config["heads"]
        query, key, value = (
            self.dense(w, f"{at}.{part}", x).view(batch, length, heads, width // heads).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        place = torch.arange(length, device=x.device)
        back = place[:, None] - place[None, :]
        bias = w[f"{at}.distance"][:, back.clamp(min=0)].masked_fill(back < 0, -1e9)
        fit = (query @ key.transpose(2, 3)) * (width // heads) ** -0.5 + bias
        mixed = torch.softmax(fit, -1).to(value.dtype) @ value
        return self.dense(w, f"{at}.out", mixed.transpose(1, 2).reshape(batch, length, width))

    def losses(self, flat, rows, candidates, batch, dropout, masks, half):
        """Loss of everything, and of the next item alone. `masks`: given ones; `half`: bfloat16 where it is safe."""
        w, given = self.named(flat), list(masks or [])
        drop = (lambda x: x * given.pop(0)) if given else (lambda x: F.dropout(x, dropout))
        with torch.autocast(rows.device.type, dtype=torch.bfloat16, enabled=half):
            state = self.states(w, rows, batch["fields"], drop)
        # Logits are large and their differences small: they stay in 32 bits.
        state = state.float().flatten(0, 1)
        query = unit(self.dense(w, "next", state))
        logits = query @ (unit(candidates) * self.config["scale"]).t() - batch["shares"]
        following = (F.cross_entropy(logits, batch["targets"], reduction="none") * batch["weights"]).sum()
        if not self.config["outcomes"]:
            return following, following
        answers, labels, counts = self.dense(w, "outcomes", state), batch["labels"], batch["counts"]
        logistic = F.softplus(answers[:, :2]) - answers[:, :2] * labels[:, :2]
        squared = 0.5 * (answers[:, 2:] - labels[:, 2:]) ** 2
        return following + (logistic * counts[:, :2]).sum() + (squared * counts[:, 2:]).sum(), following


def adam(weights, gradient, first, second, rate, step, decay):
    """Adam with decoupled decay, as engine/adam.ts writes it; changes weights and moments in place."""
    first.mul_(0.9).add_(gradient, alpha=0.1)
    second.mul_(0.999).addcmul_(gradient, gradient, value=0.001)
    root = math.sqrt(1 - 0.999**step)
    moved = first / (second.sqrt() + 1e-8 * root) * (rate * root / (1 - 0.9**step))
    weights.mul_(1 - rate * decay).sub_(moved)


class Trainer:
    def __init__(self, config, named, device):
        self.network = Network(config["network"], named, device)
        self.training, self.device, self.steps = config["training"], device, 0
        like = (self.network.flat.detach(), self.network.table)
        self.moments = [torch.zeros_like(x) for x in like for _ in range(2)]
        self.half = device.type == "cuda"
        self.losses = self.network.losses
        if self.half and hasattr(torch, "compile"):
            torch._dynamo.config.cache_size_limit = 64  # one graph for each length of sequences
            self.losses = torch.compile(self.network.losses, dynamic=False)

    def step(self, batch, rate, masks=None):
        """Moves the weights once; the loss of the next item stays on the device."""
        network = self.network
        losses = network.losses if masks else self.losses
        rows = network.table[batch["items"]].requires_grad_()
        candidates = network.table[batch["candidates"]].requires_grad_()
        loss, following = losses(network.flat, rows, candidates, batch, self.training["dropout"], masks, self.half)
        dense, d_rows, d_candidates = torch.autograd.grad(loss, [network.flat, rows, candidates])
        self.steps += 1
        with torch.no_grad():
            dense = dense * torch.clamp(self.training["clip"] / dense.double().norm(), max=1).float()
            decay = self.training["decay"]
            adam(network.flat, dense, *self.moments[:2], rate, self.steps, decay * network.decays)
            self.move_rows(batch, d_rows, d_candidates, rate, decay)
        return following.detach()

    def move_rows(self, batch, d_rows, d_candidates, rate, decay):
        """Lazy: rows that the batch does not name keep their moments."""
        named = torch.cat([batch["items"].flatten(), batch["candidates"]])
        rows, place = torch.unique(named, return_inverse=True)
        width = d_candidates.shape[1]
        sums = torch.zeros(len(rows), width, device=self.device)
        sums.index_add_(0, place, torch.cat([d_rows.reshape(-1, width), d_candidates]))
        rows, sums = rows[rows != PADDING], sums[rows != PADDING]
        held = [x[rows] for x in (self.network.table, *self.moments[2:])]
        adam(held[0], sums, held[1], held[2], rate, self.steps, decay)
        for whole, part in zip((self.network.table, *self.moments[2:]), held):
            whole[rows] = part


class Data:
    """All sequences as tensors on the device, padded behind, and one row of padding more to fill batches with."""

    def __init__(self, sequences, config, device):
        network, self.training, self.device = config["network"], config["training"], device
        self.repeats, limit = self.training["repeats"], network["length"]
        last = 0 if network["outcomes"] else 1
        sequences = [s for s in sequences if len(s["items"]) > last]
        count = len(sequences)
        held = {name: torch.zeros(count + 1, limit, dtype=torch.long) for name in ["items", "targets", *FIELDS]}
        self.labels, self.counts = torch.zeros(count + 1, 3), torch.zeros(count + 1, 3)
        frequency = torch.zeros(network["items"], dtype=torch.double)
        self.inputs = [min(limit, len(s["items"]) - last) for s in sequences]
        for i, (sequence, inputs) in enumerate(zip(sequences, self.inputs)):
            items = sequence["items"]
            start = len(items) - last - inputs
            held["items"][i, :inputs] = torch.tensor(items[start : start + inputs])
            following = torch.tensor(items[1:], dtype=torch.long)
            held["targets"][i, : len(items) - 1 - start] = following[start:]
            frequency += torch.bincount(following, minlength=len(frequency))
            for name in FIELDS if network.get("fields") else []:
                held[name][i, :inputs] = torch.tensor(sequence["fields"][name][start : start + inputs])
            outcomes = dict(sequence.get("outcomes") or {})
            if "value" in outcomes:
                outcomes["value"] = math.log1p(max(0, outcomes["value"]))
            for column, name in enumerate(["purchase", "churn", "value"]):
                if name in outcomes:
                    self.labels[i, column], self.counts[i, column] = outcomes[name], 1
        frequency[:RESERVED] = 0
        self.held = {name: x.to(device) for name, x in held.items()}
        self.labels, self.counts = self.labels.to(device), self.counts.to(device)
        self.fields = FIELDS if network.get("fields") else []
        self.ends = torch.tensor([*self.inputs, 1], device=device) - 1
        self.known = (frequency > 0).to(device)
        self.items = max(1, int((frequency > 0).sum()))
        self.log_miss = torch.log1p(-frequency / (frequency.sum() + 1)).to(device)
        self.lengths = [x for x in LENGTHS if x < limit] + [limit]

    def batches(self, generator):
        """Rows and length of each batch of one epoch; short ones are filled up with padding."""
        groups = {}
        for i, inputs in enumerate(self.inputs):
            groups.setdefault(next(x for x in self.lengths if x >= inputs), []).append(i)
        out = []
        for length, group in groups.items():
            order = torch.tensor(group)[torch.randperm(len(group), generator=generator)]
            size = max(1, self.training["tokens"] // length)
            parts = torch.split(order, size)
            out += [(F.pad(part, (0, size - len(part)), value=len(self.inputs)), length, len(part)) for part in parts]
        return [out[i] for i in torch.randperm(len(out), generator=generator).tolist()]

    def lay(self, rows, length):
        rows = rows.to(self.device)
        cut = {name: x[rows, :length] for name, x in self.held.items()}
        targets = cut["targets"]
        asked = targets >= RESERVED
        candidates, shares, places = self.draw(targets, asked)
        last = torch.zeros(len(rows), length, 1, device=self.device).scatter_(1, self.ends[rows][:, None, None], 1)
        counts = self.counts[rows] / self.counts[rows].sum(0).clamp(min=1)
        return {
            "items": cut["items"],
            "fields": {name: cut[name] for name in self.fields},
            "candidates": candidates,
            "shares": shares.flatten(0, 1),
            "targets": places.flatten(),
            "weights": (asked / asked.sum().clamp(min=1)).flatten(),
            "labels": (last * self.labels[rows][:, None]).flatten(0, 1),
            "counts": (last * counts[:, None]).flatten(0, 1),
        }

    def draw(self, targets, asked):
        """All targets and items drawn evenly, the log of each one's chance for each position, places of the targets."""
        count = min(self.training["candidates"], self.items)
        there = torch.zeros(len(self.known), dtype=torch.bool, device=self.device)
        there.index_fill_(0, torch.where(asked, targets, 0).flatten(), True)
        there[:RESERVED] = False
        chance = torch.rand(len(self.known), device=self.device) + 2.0 * there
        rows = torch.topk(chance.masked_fill(~self.known, -1), count).indices
        slots = torch.zeros(len(self.known), dtype=torch.long, device=self.device)
        slots[rows] = torch.arange(count, device=self.device)
        places = torch.where(asked, slots[targets], 0)
        base = torch.zeros(count, device=self.device)
        if count < self.items:
            miss = asked.sum() * self.log_miss[rows] + (count - there.sum()) * math.log1p(-1 / self.items)
            base = torch.log(-torch.expm1(miss)).float()
        own = torch.zeros(*targets.shape, count, device=self.device)
        own.scatter_(2, places[..., None], asked[..., None].float())
        others = own.sum(1, keepdim=True) - own > 0
        shares = torch.where(others, torch.tensor(0.0 if self.repeats else LEFT_OUT, device=self.device), base)
        return rows, shares if self.repeats else torch.where(own > 0, base, shares), places


def rate_at(step, peak, warm_up, total, floor=0.05):
    if step < warm_up:
        return peak * step / warm_up
    progress = min(1, (step - warm_up) / max(1, total - warm_up))
    return peak * (floor + (1 - floor) * (1 + math.cos(math.pi * progress)) / 2)


def read_weights(folder):
    data = (folder / "weights.bin").read_bytes()
    named, at = {}, 0
    for entry in json.loads((folder / "weights.json").read_text())["weights"]:
        count = math.prod(entry["shape"])
        part = torch.frombuffer(bytearray(data), dtype=torch.float32, count=count, offset=at)
        named[entry["name"]] = part.clone().view(entry["shape"])
        at += 4 * count
    return named


def write_weights(network, folder):
    named = {"item": network.table, **network.named(network.flat)}
    listed = [{"name": name, "shape": list(x.shape)} for name, x in named.items()]
    (folder / "weights.json").write_text(json.dumps({"weights": listed}) + "\n")
    flat = torch.cat([x.detach().cpu().flatten() for x in named.values()])
    (folder / "weights.bin").write_bytes(flat.numpy().astype("<f4").tobytes())


def replay(trainer, path):
    """Batches that are given to the last number; losses of the next item."""
    losses = []
    for given in json.loads(path.read_text())["steps"]:
        shape = (given["size"], given["length"])
        whole = lambda x: torch.tensor(x, dtype=torch.long, device=trainer.device)
        real = lambda x, *to: torch.tensor(x, dtype=torch.float32, device=trainer.device).view(*to)
        batch = {
            "items": whole(given["items"]).view(shape),
            "fields": {name: whole(x).view(shape) for name, x in given["fields"].items()},
            "candidates": whole(given["candidates"]),
            "shares": real(given["shares"], -1, len(given["candidates"])),
            "targets": whole(given["targets"]),
            "weights": real(given["weights"], -1),
            "labels": real(given["labels"], -1, 3),
            "counts": real(given["counts"], -1, 3),
        }
        masks = [real(mask, *shape, -1) for mask in given["masks"]]
        losses.append(trainer.step(batch, given["rate"], masks).item())
    return {"loss": losses}


def save(path, trainer, epoch, losses):
    """Whole or not at all: an interruption must not leave half a checkpoint."""
    state = {"flat": trainer.network.flat.detach(), "table": trainer.network.table, "moments": trainer.moments}
    torch.save({**state, "steps": trainer.steps, "epoch": epoch, "losses": torch.tensor(losses, dtype=torch.double)}, f"{path}.part")
    os.replace(f"{path}.part", path)


def resume(path, trainer):
    if not path or not path.exists():
        return 0, []
    state = torch.load(path, map_location=trainer.device, weights_only=True)
    with torch.no_grad():
        trainer.network.flat.copy_(state["flat"])
    trainer.network.table, trainer.moments, trainer.steps = state["table"], state["moments"], state["steps"]
    return state["epoch"], state["losses"].tolist()


def fit(trainer, data, config, path, stop_after):
    training, device = config["training"], trainer.device
    epoch, losses = resume(path, trainer)
    seen, seconds, stop = 0, 0.0, epoch + stop_after if stop_after else training["epochs"]
    while epoch < min(stop, training["epochs"]):
        # Each epoch has numbers of its own, so that a resumed run draws what the uninterrupted one would have.
        seed = config["seed"] * 1009 + epoch + 1
        torch.manual_seed(seed)
        batches = data.batches(torch.Generator().manual_seed(seed))
        total, start, found = len(batches) * training["epochs"], time.perf_counter(), []
        for rows, length, _ in batches:
            rate = rate_at(trainer.steps + 1, training["rate"], training["warmUp"] * total, total)
            found.append(trainer.step(data.lay(rows, length), rate))
        losses += torch.stack(found).tolist()
        seen, seconds, epoch = sum(n for _, _, n in batches), time.perf_counter() - start, epoch + 1
        print(f"epoch={epoch} loss={sum(losses[-len(batches):]) / len(batches):.6f} per_second={seen / seconds:.1f}")
        if path:
            save(path, trainer, epoch, losses)
    peak = torch.cuda.max_memory_allocated() if device.type == "cuda" else 0
    # Of the last epoch: by then every graph is compiled.
    return {"loss": losses, "epochs": epoch, "sequencesPerSecond": seen / seconds if seconds else None, "peakBytes": peak}


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    path = pathlib.Path
    parser.add_argument("data", nargs="?", type=path, default=os.environ.get("SM_CHANNEL_TRAINING"))
    parser.add_argument("--out", type=path, default=os.environ.get("SM_MODEL_DIR", "/opt/ml/model"))
    parser.add_argument("--checkpoints", type=path, default="/opt/ml/checkpoints", help="used where the folder exists")
    parser.add_argument("--replay", type=path, help="run the batches of this file instead of the sequences")
    parser.add_argument("--stop-after", type=int, help="end after so many epochs, as an interruption would")
    parser.add_argument("--cpu", action="store_true", help="do not use CUDA where it is there")
    options = parser.parse_args(arguments)
    config = json.loads((options.data / "config.json").read_text())
    if HYPER_PARAMETERS.exists():
        given = json.loads(HYPER_PARAMETERS.read_text())
        config.update({name: json.loads(given[name]) for name in ("network", "training", "seed") if name in given})
    device = torch.device("cuda" if torch.cuda.is_available() and not options.cpu else "cpu")
    torch.backends.cuda.matmul.allow_tf32 = True
    trainer = Trainer(config, read_weights(options.data), device)
    if options.replay:
        metrics = replay(trainer, options.replay)
    else:
        packed = options.data / "sequences.json.gz"
        text = gzip.decompress(packed.read_bytes()) if packed.exists() else (options.data / "sequences.json").read_bytes()
        data = Data(json.loads(text)["sequences"], config, device)
        kept = options.checkpoints / "checkpoint.pt" if options.checkpoints.exists() else None
        metrics = fit(trainer, data, config, kept, options.stop_after)
    options.out.mkdir(parents=True, exist_ok=True)
    write_weights(trainer.network, options.out)
    metrics.update(steps=trainer.steps, device=str(device), torch=torch.__version__)
    (options.out / "metrics.json").write_text(json.dumps(metrics) + "\n")


if __name__ == "__main__":
    main()
