"""A small classifier trained on one set of images and tried on another: what a set of labelled images is worth."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, pad

from coursekit.data.streams import Batches
from coursekit.fit import fit
from coursekit.metrics.features import FeatureNet
from coursekit.steps.supervised import supervised

Change = Callable[[Tensor, torch.Generator], Tensor]
Labelled = tuple[Tensor, Tensor]  # images (n, 1, 28, 28) in [-1, 1], labels (n,)
REACH = 2  # pixels


def unchanged(x: Tensor, generator: torch.Generator) -> Tensor:
    """The images as they are."""
    return x


def shifted(x: Tensor, generator: torch.Generator) -> Tensor:
    """Each image (n, C, H, W) moved by -2 to 2 pixels down and across; what comes in is -1, the background."""
    n, _, height, width = x.shape
    down, across = torch.randint(2 * REACH + 1, (2, n, 1), generator=generator, device=x.device)
    rows = (torch.arange(height, device=x.device) + down)[:, None, :, None]
    columns = (torch.arange(width, device=x.device) + across)[:, None, None, :]
    wide = pad(x, (REACH,) * 4, value=-1.0)
    image = torch.arange(n, device=x.device)[:, None, None, None]
    channel = torch.arange(x.shape[1], device=x.device)[None, :, None, None]
    return wide[image, channel, rows, columns]


def train_classifier(
    sources: Sequence[Labelled], n_steps: int = 400, seed: int = 0, change: Change = unchanged, batch_size: int = 64
) -> FeatureNet:
    """A new classifier (the feature net's layers) that saw only `sources`, every one as often as the others.

    A batch holds equally many images of each source, so that many generated images do not drown a few real ones. Adam
    1e-3. The same seed gives the same net.
    """
    device, share = sources[0][0].device, batch_size // len(sources)

    def draw(n: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        parts = []
        for x, label in sources:
            index = torch.randint(len(x), (share,), generator=generator, device=device)
            parts.append((x[index], label[index]))
        x, label = (torch.cat(part) for part in zip(*parts, strict=True))
        return change(x, generator), label

    torch.manual_seed(seed)
    net = FeatureNet().to(device)
    optimizer = torch.optim.Adam(net.parameters(), fused=device.type in ("cpu", "cuda"))
    batches = Batches(draw, batch_size, seed, device)
    fit(supervised(net, optimizer, cross_entropy), batches, n_steps, progress=False)
    return net.requires_grad_(False).eval()


def accuracy(net: FeatureNet, x: Tensor, label: Tensor) -> float:
    """The share of images (n, 1, H, W) that `net` gives their label (n,)."""
    return (net.labels(x) == label).double().mean().item()
