"""Frozen feature nets: small classifiers whose 64 features stand in for Inception's, and which read labels off samples.

Their Frechet distance is called FID-feat, never FID: the figures cannot be compared with published ones.
"""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from coursekit.device import pick_device

PRETRAINED = Path(__file__).parents[1] / "pretrained"
SIZE = 28  # pixels that the nets were trained on
N_FEATURES = 64
TRACE = 64.0  # of the covariance of real training features: makes distances comparable between the nets
BATCH = 1000
SAME_IMAGES = {"fashion-mnist-embedded": "fashion-mnist"}


class FeatureNet(nn.Module):
    """A classifier of 28 x 28 grey images in [-1, 1] into 10 classes, with 64 rectified features before its head."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            *(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Flatten(), nn.Linear(32 * 7 * 7, N_FEATURES), nn.ReLU()),
        )
        self.dropout = nn.Dropout(0.25)
        self.head = nn.Linear(N_FEATURES, 10)
        self.register_buffer("scale", torch.ones(()))  # set once, so that trace(cov(features)) = TRACE

    def forward(self, x: Tensor) -> Tensor:
        """Logits (n, 10) of images (n, 1, 28, 28), for training."""
        return self.head(self.dropout(self.body(x)))

    def features(self, x: Tensor) -> Tensor:
        """Features (n, 64), float32 on the net's device, of images (n, 1, H, W) in [-1, 1].

        Images of another size than 28 are resized first, so both sides of a comparison must come in the same size.
        """
        return self._in_batches(lambda part: self.body(part) * self.scale, x)

    def logits(self, x: Tensor) -> Tensor:
        """Logits (n, 10) of images (n, 1, H, W) in [-1, 1]; their softmax are the probabilities of the classes."""
        return self._in_batches(self, x)

    def labels(self, x: Tensor) -> Tensor:
        """The likeliest class of each image, int64 (n,)."""
        return self.logits(x).argmax(1)

    @torch.no_grad()
    def _in_batches(self, of: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
        """`of` each batch of images, in evaluation mode and float32, whatever surrounds the call."""
        if x.ndim != 4 or x.shape[1] != 1 or not x.is_floating_point():
            raise ValueError(
                f"the feature net got {tuple(x.shape)} {x.dtype}, it needs floats (n, 1, H, W) in [-1, 1]: "
                "to_float(images) makes them of uint8 pixels, x.mean(1, keepdim=True) makes colours grey"
            )
        device = self.scale.device
        was_training = self.training
        self.eval()
        with torch.autocast(device.type, enabled=False):
            parts = [of(at_size(part.to(device, torch.float32))) for part in x.split(BATCH)]
        self.train(was_training)
        return torch.cat(parts)


def at_size(x: Tensor) -> Tensor:
    """Images resized to 28 x 28, bilinearly with antialiasing, unless they are."""
    if x.shape[-2:] == (SIZE, SIZE):
        return x
    return interpolate(x, (SIZE, SIZE), mode="bilinear", antialias=True)


def with_net() -> tuple[str, ...]:
    """The data sets that have a feature net, by the names of `Images.name`."""
    shipped = {path.stem for path in PRETRAINED.glob("*.json")}
    return tuple(sorted(shipped | {name for name, same in SAME_IMAGES.items() if same in shipped}))


def load_feature_net(name: str, device: torch.device | str | None = None) -> FeatureNet:
    """The frozen feature net for the data set that `Images.name` says, on the course's device unless one is given.

    Raises ValueError for a data set without a net, and where the file is not the one that its card describes.
    """
    from safetensors.torch import load

    if name not in with_net():
        raise ValueError(
            f"there is no feature net for {name!r}, only for {', '.join(with_net())}: features of a net that was "
            "trained on other images say little about these"
        )
    stem = SAME_IMAGES.get(name, name)
    content = (PRETRAINED / f"{stem}.safetensors").read_bytes()
    card = json.loads((PRETRAINED / f"{stem}.json").read_text())
    if hashlib.sha256(content).hexdigest() != card["sha256"]:
        raise ValueError(
            f"{PRETRAINED / stem}.safetensors was changed: its sha256 is not the one in {stem}.json. Restore the file, "
            "or train it again with benchmarks/train_features.py"
        )
    net = FeatureNet()
    net.load_state_dict(load(content))
    return net.requires_grad_(False).eval().to(pick_device() if device is None else device)
