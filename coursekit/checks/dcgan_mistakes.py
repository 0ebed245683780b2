"""What comes out of the exercises of lesson 09 by plausible mistakes: a hint -> the value that the mistake gives."""

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d, adaptive_max_pool2d, conv_transpose2d, pad

from coursekit.checks.judging import not_finite

NO_ARC = "Where sin(omega) is 0, 0 / 0 is nan: there the way is the straight line (1 - t) z0 + t z1."


def size_mistakes(size: int, kernel: int, stride: int, padding: int) -> dict[str, int]:
    """The sizes of plausible mistakes."""
    right = (size - 1) * stride - 2 * padding + kernel
    return {
        "That is size times stride, right only where kernel - stride = 2 * padding.": size * stride,
        "There are size - 1 steps between size stamps: (size - 1) * stride.": right + stride,
        "Padding is cut off on both sides: 2 * padding.": right + padding,
        "Padding makes the output of a transposed convolution smaller, not larger.": right + 4 * padding,
        "Padding is missing: it is cut off on both sides.": right + 2 * padding,
        "The last stamp is `kernel` pixels wide: add kernel.": right - kernel,
        "The last stamp is `kernel` pixels wide: add kernel, not kernel - 1.": right - 1,
        "The stride is not used: stamps lie `stride` pixels apart.": size - 1 - 2 * padding + kernel,
        "That is the size that an ordinary convolution makes: the transposed one goes the other way.": (
            size + 2 * padding - kernel
        )
        // stride
        + 1,
    }


def convolution_mistakes(x: Tensor, weight: Tensor, stride: int, padding: int) -> dict[str, Tensor]:
    """The outputs of plausible mistakes."""
    full = conv_transpose2d(x, weight, stride=stride)
    cropped = full[:, :, padding:, padding:]
    wrong = {
        "The kernel is flipped: each stamp is the kernel as it is.": conv_transpose2d(
            x, weight.flip(2, 3), stride=stride, padding=padding
        ),
        "Rows and columns of the kernel are exchanged.": conv_transpose2d(
            x, weight.transpose(2, 3), stride=stride, padding=padding
        ),
        "Padding is cut off the output's edges; yours is still there.": full,
        "Padding is cut off the output's edges; you put zeros around it.": pad(full, [padding] * 4),
        "Padding 0 cuts nothing off, and `padding:-padding` cuts off everything then.": lambda value: (
            value.numel() == 0
        ),
        "Padding is cut off all four edges, not only the upper and left.": cropped,
        "The stride is not used: neighbours in x stamp `stride` pixels apart.": conv_transpose2d(
            x, weight, padding=padding
        )
        if min(x.shape[2:]) - 1 + weight.shape[-1] > 2 * padding
        else full,
        "Where stamps overlap they add up: `+=`, not `=`.": overwritten(x, weight, stride, padding),
        "Every channel of x stamps; yours are not added up over the input channels.": lambda value: (
            value.dim() == 5 or value.dim() == 4 and value.shape[1] == x.shape[1] * weight.shape[1] != weight.shape[1]
        ),
    }
    if weight.shape[0] == weight.shape[1]:
        axes = "The axes of weight are (in, out, k, k), not (out, in, k, k) as in a convolution."
        wrong[axes] = conv_transpose2d(x, weight.transpose(0, 1), stride=stride, padding=padding)
    return wrong


def overwritten(x: Tensor, weight: Tensor, stride: int, padding: int) -> Tensor:
    """What is left if each stamp replaces what it falls on, row by row."""
    out = torch.zeros_like(conv_transpose2d(x, weight, stride=stride))
    k = weight.shape[-1]
    for i in range(x.shape[2]):
        for j in range(x.shape[3]):
            stamp = torch.einsum("nc,cokl->nokl", x[:, :, i, j], weight)
            out[:, :, i * stride : i * stride + k, j * stride : j * stride + k] = stamp
    height, width = out.shape[2:]
    return out[:, :, padding : height - padding, padding : width - padding]


def slerp_mistakes(z0: Tensor, z1: Tensor, t: float) -> dict[str, object]:
    """The codes of plausible mistakes."""
    norms = [z.norm(dim=-1, keepdim=True) for z in (z0, z1)]
    cosine = ((z0 * z1).sum(-1, keepdim=True) / (norms[0] * norms[1])).clamp(-1, 1)
    line = (1 - t) * z0 + t * z1

    def arc(omega, a=z0, b=z1, t=t, divide=True):
        return (((1 - t) * omega).sin() * a + (t * omega).sin() * b) / (omega.sin() if divide else 1)

    omega = cosine.acos()
    every = (z0 * z1).sum() / (z0.norm() * z1.norm())
    return {
        NO_ARC: not_finite,
        "That is the straight line between the codes: it leaves the sphere on which they lie.": line,
        "That is the straight line, stretched to the norm of z0: it goes the arc at an uneven pace.": (
            line / line.norm(dim=-1, keepdim=True) * norms[0]
        ),
        "The codes keep their norms: take unit vectors for the angle only, and sum z0 and z1 themselves.": arc(
            omega, z0 / norms[0], z1 / norms[1]
        ),
        "At t = 0 stands z0, at t = 1 stands z1: your t runs the other way.": arc(omega, t=1 - t),
        "Each row has its own angle: sum over the last axis, not over the batch.": arc(every.acos()),
        "The cosine is the product of the unit vectors: divide by both norms.": arc((z0 * z1).sum(-1, True).acos()),
        "The sum is not divided by sin(omega).": arc(omega, divide=False),
    }


def arithmetic_mistakes(a: Tensor, b: Tensor, c: Tensor) -> dict[str, object]:
    """The codes of plausible mistakes."""
    means, sums = [z.mean(0) for z in (a, b, c)], [z.sum(0) for z in (a, b, c)]
    d = a.shape[1]
    return {
        "Those are sums: take means, so that the number of examples does not count.": sums[0] - sums[1] + sums[2],
        "c is added, not subtracted: a - b takes the concept out of its picture, + c puts it into another.": (
            means[0] - means[1] - means[2]
        ),
        "b is subtracted: a - b + c.": means[0] + means[1] + means[2],
        "b and c are exchanged: a - b + c.": means[0] - means[2] + means[1],
        "That uses the first row of each only: one code is unstable, average all of them.": a[0] - b[0] + c[0],
        "The mean goes over the rows, axis 0: one code (d,) comes out.": lambda value: value.shape != (d,),
        "The result is not brought to unit length.": lambda value: abs(value.norm().item() - 1) < 1e-9,
    }


def feature_mistakes(seen: list[dict], score: Tensor) -> dict[str, object]:
    """The features of plausible mistakes; `seen` holds what each convolution, its norm and its non-linearity gave."""

    def join(maps, pool=adaptive_max_pool2d, size=4):
        return torch.cat([pool(h, size).flatten(1) for h in maps], 1)

    acts = [stage["act"] for stage in seen]
    pooled = [adaptive_max_pool2d(h, 4) for h in acts]
    return {
        "Those are the maps before the non-linearity: take what LeakyReLU gives.": join(s["norm"] for s in seen),
        "Those are the bare convolutions: take what LeakyReLU gives.": join(s["conv"] for s in seen),
        "Those are means over the pieces: the paper max-pools.": join(acts, adaptive_avg_pool2d),
        "That is the last convolution's map alone: join those of all.": join(acts[-1:]),
        "That is the first convolution's map alone: join those of all.": join(acts[:1]),
        "The maps are joined in reverse: the first convolution comes first.": join(acts[::-1]),
        "One number a channel: the maps are pooled to 4 x 4, not to 1 x 1.": join(acts, size=1),
        "The score is no feature: leave it out.": torch.cat([join(acts), score.flatten(1)], 1),
        "The maps are not pooled: adaptive_max_pool2d(h, 4).": torch.cat([h.flatten(1) for h in acts], 1),
        "Each image gets one row: flatten the pooled maps before they are joined.": lambda value: value.dim() != 2,
        "Flatten each map on its own, then join: channel by channel, as `flatten(1)` goes.": torch.cat(
            [h.flatten(2).transpose(1, 2).flatten(1) for h in pooled], 1
        ),
    }
