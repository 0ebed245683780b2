"""Train the frozen feature nets: `python benchmarks/train_features.py [NAME ...]`, a few minutes on 2 cores.

Writes coursekit/pretrained/NAME.safetensors and NAME.json, the card with the recipe and what was measured. It needs the
whole of MNIST and Fashion-MNIST and takes no fallback.
"""

import hashlib
import json
import math
import sys
import time

import torch
from safetensors.torch import save
from torch import Tensor
from torch.nn.functional import affine_grid, cross_entropy, grid_sample

from coursekit.data.images import Images, load_images
from coursekit.metrics.features import PRETRAINED, SIZE, TRACE, FeatureNet

SEED = 0
BATCH = 128
MAX_RATE = 4e-3
EPOCHS = {"mnist": 4, "fashion-mnist": 7, "digits": 60}
MOVED = {"digits"}  # only 1,000 images: shifted, turned and scaled a little
GOAL = {"mnist": 0.988, "fashion-mnist": 0.90, "digits": 0.97}


def move(x: Tensor) -> Tensor:
    """Each image (n, 1, H, W) turned by up to 10 degrees, scaled by up to 10 % and shifted by up to 2 of 28 pixels."""
    n = len(x)
    angle, scale = (torch.rand(2, n) * 2 - 1) * torch.tensor([[math.radians(10)], [0.1]])
    cos, sin = angle.cos() * (1 + scale), angle.sin() * (1 + scale)
    shift = (torch.rand(2, n) * 2 - 1) * (2 * 2 / SIZE)  # grid_sample's coordinates span 2
    matrix = torch.stack([torch.stack([cos, -sin, shift[0]], 1), torch.stack([sin, cos, shift[1]], 1)], 1)
    # padding with zeros after adding 1 keeps the background at -1
    return grid_sample(x + 1, affine_grid(matrix, x.shape, align_corners=False), align_corners=False) - 1


def train(images: Images, epochs: int, moved: bool) -> FeatureNet:
    torch.manual_seed(SEED)
    net = FeatureNet()
    optimizer = torch.optim.Adam(net.parameters(), fused=True)
    n_steps = epochs * (len(images) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, MAX_RATE, total_steps=n_steps)
    for _ in range(epochs):
        for index in torch.randperm(len(images)).split(BATCH)[: len(images) // BATCH]:
            x = images.floats(index)
            loss = cross_entropy(net(move(x) if moved else x), images.labels[index])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return net.eval()


def normalise(net: FeatureNet, images: Images) -> None:
    """Scale the features so that the covariance of up to 10,000 real ones has trace 64."""
    chosen = torch.randperm(len(images), generator=torch.Generator().manual_seed(SEED))[:10_000]
    variance = net.features(images.floats(chosen)).double().var(0).sum()
    net.scale.fill_((TRACE / variance).sqrt())


def describe(name: str, n_images: int) -> dict[str, str | int]:
    """The part of the card that is known before the training."""
    how = f"Adam (fused), OneCycle to {MAX_RATE}, batch {BATCH}, {EPOCHS[name]} epochs"
    moved = ", images turned by up to 10 degrees, scaled by 10 %, shifted by 2 pixels" if name in MOVED else ""
    return {
        "net": "conv3x3 1-16, ReLU, maxpool, conv3x3 16-32, ReLU, maxpool, FC 1568-64, ReLU (the features), "
        "dropout .25, FC 64-10; images in [-1, 1]",
        "data": f"{name}, train split, {n_images:,} images of {SIZE} x {SIZE} pixels",
        "recipe": how + moved,
        "features": f"scaled so that the covariance of up to 10,000 training features has trace {TRACE:g}",
        "script": "benchmarks/train_features.py",
        "seed": SEED,
        "device": f"cpu, {torch.get_num_threads()} threads",
        "torch": torch.__version__,
        "licence": "MIT, as the code; the data's own licence is in THIRD_PARTY.md",
    }


def make(name: str) -> None:
    """Train, scale, measure and write one net."""
    train_set, test_set = (
        load_images(name, half, fallback=None, size=SIZE, device="cpu") for half in ("train", "test")
    )
    start = time.perf_counter()
    net = train(train_set, EPOCHS[name], name in MOVED)
    seconds = time.perf_counter() - start
    normalise(net, train_set)
    accuracy = (net.labels(test_set.floats()) == test_set.labels).double().mean().item()
    print(f"{name}: test accuracy {accuracy:.4f} after {seconds:.0f} s", flush=True)
    if accuracy < GOAL[name]:
        raise SystemExit(f"{name} must reach {GOAL[name]}: nothing was written")
    content = save(net.state_dict())
    measured = {"test_accuracy": round(accuracy, 4), "test_images": len(test_set)}
    card = describe(name, len(train_set)) | measured | {"sha256": hashlib.sha256(content).hexdigest()}
    PRETRAINED.mkdir(exist_ok=True)
    (PRETRAINED / f"{name}.safetensors").write_bytes(content)
    (PRETRAINED / f"{name}.json").write_text(json.dumps(card, indent=2) + "\n")


if __name__ == "__main__":
    for name in sys.argv[1:] or EPOCHS:
        make(name)
