"""Stacked digits: images whose channels each show a digit of their own, so that modes of images can be counted."""

import torch

from coursekit.data.images import Images


def stacked(images: Images, n_digits: int = 2, n: int = 50_000, seed: int = 0) -> Images:
    """`n` stacks of `n_digits` random images each: uint8 (n, n_digits, H, W), labels 0 to 10 ** n_digits - 1.

    Every combination of classes is a mode: two digits make 100, three make 1000; the stack of a 3 and a 7 has label 37.
    `images` are grey and labelled, at any size. The literature draws 128,000 triples once and trains on them (Metz et
    al. 2017; Srivastava et al. 2017).
    """
    if images.labels is None or images.images.shape[1] != 1:
        raise ValueError(f"{images.name} has {images.images.shape[1]} channels: stacks need grey labelled images")
    device = images.images.device
    generator = torch.Generator(device).manual_seed(seed)
    which = torch.randint(len(images), (n, n_digits), generator=generator, device=device)
    powers = 10 ** torch.arange(n_digits - 1, -1, -1, device=device)
    labels = (images.labels[which] * powers).sum(1)
    return Images(images.images[which, 0], labels, images.name)
