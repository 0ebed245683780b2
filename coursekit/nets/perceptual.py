"""Nets whose features stand for what an image looks like: two small ones that the course trains, and VGG19's layers.

All take images (N, 3, H, W) in [-1, 1], H and W at least 16. A content loss uses one of them, a judge another.
"""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

VGG_FILE = "vgg19-dcbb9e9d.pth"  # torchvision's VGG19_Weights.IMAGENET1K_V1, 548 MB
VGG_DEPTHS = {"22": 9, "54": 36}  # name in the paper -> modules of torchvision's vgg19().features up to that ReLU
VGG_CONVOLUTIONS = (0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34)  # their places among the modules
VGG_SCALE = 1 / 12.75  # of the features (Ledig et al. 2017, sec. 3.2: about .006 of the loss)
LUMINANCE = (0.299, 0.587, 0.114)  # ITU-R BT.601


class FeatureStack(nn.Module):
    """Six convolutions with leaky ReLU and two halvings; `maps` are three, of 1, 1/2 and 1/4 of the size.

    `scale` divides the maps; `calibrate` sets it so that each map has deviation 1 on given images.
    """

    def __init__(self, channels: int = 3, width: int = 16):
        super().__init__()
        widths = (channels, width, 2 * width, 4 * width)
        self.stages = nn.ModuleList(
            nn.Sequential(
                *(nn.Conv2d(n_in, n_out, 3, padding=1), nn.LeakyReLU(0.1)),
                *(nn.Conv2d(n_out, n_out, 3, padding=1), nn.LeakyReLU(0.1)),
            )
            for n_in, n_out in zip(widths[:-1], widths[1:], strict=True)
        )
        self.register_buffer("scale", torch.ones(len(self.stages)))

    def maps(self, x: Tensor) -> list[Tensor]:
        """The three feature maps (N, width, H, W), (N, 2 width, H/2, W/2), (N, 4 width, H/4, W/4)."""
        found = []
        for k, stage in enumerate(self.stages):
            x = stage(nn.functional.avg_pool2d(x, 2) if k else x)
            found.append(x)
        return [x / scale for x, scale in zip(found, self.scale, strict=True)]


@torch.no_grad()
def calibrate(stack: FeatureStack, head: nn.Linear | nn.Conv2d, x: Tensor) -> None:
    """Set the scales of the maps from what `stack` makes of `x`, and make up for it in the head."""
    by = torch.stack([m.std() for m in stack.maps(x)])
    stack.scale.mul_(by)
    head.weight.mul_(by[-1])


class WhichPhotograph(nn.Module):
    """Patches -> logits (N, n_classes): which photograph a patch was cut from. Its features serve a content loss."""

    def __init__(self, n_classes: int, width: int = 16):
        super().__init__()
        self.stack = FeatureStack(3, width)
        self.head = nn.Linear(4 * width, n_classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.maps(x)[-1].mean((2, 3)))

    def maps(self, x: Tensor) -> list[Tensor]:
        return self.stack.maps(x)

    def calibrate(self, x: Tensor) -> None:
        """Scale the maps to deviation 1 on these images; the head's answers stay what they were."""
        calibrate(self.stack, self.head, x)


class WhichColour(nn.Module):
    """Grey images -> two colour differences (N, 2, H/4, W/4): what colour belongs to a place? The judge's task.

    Only the luminance of its input is looked at, so that nothing of the answer is in the question.
    """

    def __init__(self, width: int = 16):
        super().__init__()
        self.stack = FeatureStack(1, width)
        self.head = nn.Conv2d(4 * width, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.maps(x)[-1])

    def maps(self, x: Tensor) -> list[Tensor]:
        return self.stack.maps(grey(x))

    def calibrate(self, x: Tensor) -> None:
        """Scale the maps to deviation 1 on these images; the head's answers stay what they were."""
        calibrate(self.stack, self.head, grey(x))


def grey(x: Tensor) -> Tensor:
    """The luminance (N, 1, H, W) of images (N, 3, H, W) in [-1, 1], in [-1, 1]."""
    return (x * x.new_tensor(LUMINANCE).view(3, 1, 1)).sum(1, keepdim=True)


def colour_differences(x: Tensor) -> Tensor:
    """Red and blue minus luminance, averaged over blocks of 4 x 4 pixels: (N, 3, H, W) -> (N, 2, H/4, W/4)."""
    return nn.functional.avg_pool2d(x[:, ::2] - grey(x), 4)


class VGGFeatures(nn.Module):
    """Features of VGG19 after a rectifier, divided by 12.75: what the paper's content loss compares.

    `weights` is a state dict of torchvision's vgg19, or of a narrower net of the same kind: the layers are built from
    the shapes of its `features.K.weight`. `depth` is "22" or "54" (the second convolution before the second pooling,
    the fourth before the fifth). Raises ValueError for another depth, and where the weights end before it.
    """

    def __init__(self, weights: Mapping[str, Tensor], depth: str = "54"):
        super().__init__()
        if depth not in VGG_DEPTHS:
            raise ValueError(f"depth is {depth!r}: choose one of {', '.join(VGG_DEPTHS)}")
        depth_in_modules = VGG_DEPTHS[depth]
        missing = [k for k in VGG_CONVOLUTIONS if k < depth_in_modules and f"features.{k}.weight" not in weights]
        if missing:
            raise ValueError(f"these are no weights of a VGG19 down to {depth}: features {missing} are missing")
        self.layers = nn.Sequential(*(vgg_layer(k, weights) for k in range(depth_in_modules)))
        kept = {name.removeprefix("features."): w for name, w in weights.items()}
        self.layers.load_state_dict({name: kept[name] for name in self.layers.state_dict()})
        self.register_buffer("mean", torch.tensor((0.485, 0.456, 0.406)).view(3, 1, 1))  # of ImageNet, as torchvision
        self.register_buffer("deviation", torch.tensor((0.229, 0.224, 0.225)).view(3, 1, 1))
        self.requires_grad_(False).eval()

    def maps(self, x: Tensor) -> list[Tensor]:
        """One feature map, (N, width, H / 2^k, W / 2^k) with k = 1 for "22" and 4 for "54"."""
        return [VGG_SCALE * self.layers(((x + 1) / 2 - self.mean) / self.deviation)]


def vgg_layer(k: int, weights: Mapping[str, Tensor]) -> nn.Module:
    """Module k of VGG19's features: a convolution of the weights' widths, the rectifier after it, or a pooling."""
    if k in VGG_CONVOLUTIONS:
        n_out, n_in = weights[f"features.{k}.weight"].shape[:2]
        return nn.Conv2d(n_in, n_out, 3, padding=1)
    return nn.ReLU() if k - 1 in VGG_CONVOLUTIONS else nn.MaxPool2d(2)


def vgg_path() -> Path:
    """Where torchvision keeps VGG19's weights once they were downloaded."""
    return Path(torch.hub.get_dir()) / "checkpoints" / VGG_FILE


def load_vgg(depth: str = "54", download: bool = False) -> VGGFeatures:
    """VGG19's features from torchvision's cache, or from the net where `download` allows it (548 MB).

    Raises FileNotFoundError where the weights are not there and may not be downloaded.
    """
    if not vgg_path().is_file() and not download:
        raise FileNotFoundError(
            f"VGG19's weights are not cached: put torchvision's {VGG_FILE} into {vgg_path().parent}, or allow the "
            "download of 548 MB with --vgg; the course's own net is what everything here is measured with"
        )
    if not vgg_path().is_file():
        from torchvision.models import VGG19_Weights

        return VGGFeatures(VGG19_Weights.IMAGENET1K_V1.get_state_dict(progress=True, check_hash=True), depth)
    return VGGFeatures(torch.load(vgg_path(), map_location="cpu", weights_only=True), depth)
