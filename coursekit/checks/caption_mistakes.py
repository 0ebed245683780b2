"""What comes out of the exercises of lesson 14 by plausible mistakes: a hint -> the value that the mistake gives."""

import math

import torch
from torch import Tensor
from torch.nn.functional import softplus

from coursekit.checks.judging import Mistake, shown


def encoding_mistakes(words: list[str], vocabulary: dict[str, int], length: int) -> dict[str, object]:
    """The ids of plausible mistakes; `words` are those of the caption, cleaned."""
    ids = [vocabulary[word] for word in words]
    zeros = [0] * (length - len(ids))
    places = [list(vocabulary).index(word) for word in words]

    def tensor(*values: int) -> Tensor:
        return torch.tensor(values)

    return {
        "The zeros stand behind the last word, not in front.": tensor(*zeros, *ids),
        "Too short: fill up with zeros behind the last word, so that captions fit into one tensor.": tensor(*ids),
        "Those are the words' places in the dict, from 0: take the ids that it holds.": tensor(*places, *zeros),
        "Those are the words' places in the dict: take the ids that it holds.": tensor(
            *(p + 1 for p in places), *zeros
        ),
        "Padding is 0, and no other number.": lambda value: (
            value.shape == (length,) and bool((value[: len(ids)] == torch.tensor(ids)).all())
        ),
        "The words stay in the order of the caption.": lambda value: (
            value.shape == (length,) and value.sort().values.tolist() == sorted([*ids, *zeros])
        ),
        "One id for each word, not for each letter: `split`.": lambda value: value.shape != (length,),
        "Ids are those of the vocabulary: nothing is added to them.": lambda value: (
            value.shape == (length,) and len(set((value[: len(ids)] - torch.tensor(ids)).tolist())) == 1
        ),
    }


def check_pairs(call: str, index: object, captions: Tensor) -> Tensor:
    """The index as it came; a Mistake unless it is int64 (N,) and leads each row to one that differs from it."""
    n = len(captions)
    if not isinstance(index, Tensor):
        hint = "Is there a `return`?" if index is None else "Return a tensor of row numbers."
        raise Mistake(f"{call}\nexpected a tensor of {n} row numbers, got {shown(index)}.\n{hint}")
    if index.shape != (n,):
        hint = "One row number for each caption: the shape is (N,)."
        if index.shape == captions.shape:
            hint = "Return the index, not the captions that it picks."
        raise Mistake(f"{call}\nexpected a tensor of shape ({n},), got one of shape {tuple(index.shape)}.\n{hint}")
    if index.dtype != torch.int64:
        raise Mistake(f"{call} returns {index.dtype}.\nRow numbers pick rows: they are int64.")
    if index.min() < 0 or index.max() >= n:
        counted = "Rows are counted from 0 to N - 1."
        raise Mistake(f"{call} returns row numbers from {index.min()} to {index.max()}.\n{counted}")
    same = (captions[index] == captions).all(1)
    if not same.any():
        return index
    i = int(same.nonzero()[0])
    kept = "A shuffle leaves some captions where they are: each must come from another row."
    twice = "A caption may stand in the batch twice: compare the captions themselves, not their row numbers."
    own = bool((index == torch.arange(n))[same].any())
    raise Mistake(f"{call}: row {i} gets row {int(index[i])}, which is the same caption.\n{kept if own else twice}")


BITS = "That is the value in bits: take natural logarithms."


def cls_mistakes(real_right: Tensor, real_wrong: Tensor, fake_right: Tensor) -> dict[str, object]:
    """The losses of plausible mistakes."""
    right, wrong, fake = softplus(-real_right).mean(), softplus(real_wrong).mean(), softplus(fake_right).mean()
    exact = right + (wrong + fake) / 2

    def squashed(scores: Tensor, sign: int) -> Tensor:
        return softplus(sign * scores.sigmoid()).mean()

    sums = [len(s) * mean for s, mean in zip((real_right, real_wrong, fake_right), (right, wrong, fake), strict=True)]
    return {
        "The half is missing: what is false comes in two kinds, and each counts half.": right + wrong + fake,
        "Only one half is there: both the wrong pairs and the fakes count half.": right + wrong / 2 + fake,
        "Only one half is there: both the fakes and the wrong pairs count half.": right + wrong + fake / 2,
        "The real pairs count in full: only the two false kinds are halved.": (right + wrong + fake) / 2,
        "Those are thirds: 1, 1/2 and 1/2.": (right + wrong + fake) / 3,
        "The wrong pairs are missing: they are what teaches D to read.": right + fake,
        "The wrong pairs are missing, and the fakes count half.": right + fake / 2,
        "The fakes are missing.": right + wrong / 2,
        "A real picture with a wrong caption is false: its target is 0.": right
        + (softplus(-real_wrong).mean() + fake) / 2,
        "The labels are swapped: real with its caption is 1, the other two are 0.": (
            softplus(real_right).mean() + (softplus(-real_wrong).mean() + softplus(-fake_right).mean()) / 2
        ),
        "A minus was lost: D minimises minus the logarithms, which is never below 0.": -exact,
        "Those are sums: take means.": sums[0] + (sums[1] + sums[2]) / 2,
        "A sigmoid was taken twice: the scores are raw.": (
            squashed(real_right, -1) + (squashed(real_wrong, 1) + squashed(fake_right, 1)) / 2
        ),
        BITS: exact / math.log(2),
        "One number comes back: the means over the batch.": lambda value: value.dim() > 0,
    }


def concat_mistakes(features: Tensor, code: Tensor) -> dict[str, object]:
    """The maps of plausible mistakes."""
    n, channels, height, width = features.shape
    t = code.shape[1]
    planes = code[:, :, None, None].expand(n, t, height, width)
    corner = torch.zeros_like(planes)
    corner[:, :, 0, 0] = code
    middle = torch.zeros_like(planes)
    middle[:, :, height // 2, width // 2] = code

    def join(*parts: Tensor) -> Tensor:
        return torch.cat(parts, 1)

    return {
        "The features come first, the code behind them.": join(planes, features),
        "repeat and view tear the code apart: each number of it fills a plane, `code[:, :, None, None]`.": join(
            features, code.repeat(1, height * width).view(n, t, height, width)
        ),
        "Each image has a code of its own: that is the first one's for all.": join(
            features, planes[:1].expand_as(planes)
        ),
        "Each image has a code of its own: that is their mean.": join(features, planes.mean(0, True).expand_as(planes)),
        "The code stands at every place, not at one.": lambda value: (
            value.shape == (n, channels + t, height, width)
            and any(torch.allclose(value, join(features, part)) for part in (corner, middle))
        ),
        "The code is joined, not added: C + T channels.": lambda value: value.shape == features.shape,
        "Features stay maps: the code becomes T planes, (N, C + T, H, W).": lambda value: value.dim() == 2,
        "Channels are axis 1: join along it.": lambda value: (
            value.dim() == 4 and value.shape[1:] != (channels + t, height, width) and value.shape[0] == 2 * n
        ),
        "Every number of the code gets a plane: T of them, not one.": lambda value: (
            t > 1 and value.dim() == 4 and value.shape[1] == channels + 1
        ),
        "H and W are exchanged.": lambda value: height != width and value.shape == (n, channels + t, width, height),
    }


def between_mistakes(a: Tensor, b: Tensor, beta: float) -> dict[str, object]:
    """The codes of plausible mistakes."""
    exact = beta * a + (1 - beta) * b
    return {
        "beta belongs to a: at 1 stands a, at 0 stands b (`torch.lerp(a, b, beta)` has it the other way).": (
            (1 - beta) * a + beta * b
        ),
        "That is always the middle: use beta.": (a + b) / 2,
        "b has the rest, 1 - beta.": beta * a + b,
        "b has the rest, 1 - beta, and not beta as well.": beta * (a + b),
        "a has its share, beta.": a + (1 - beta) * b,
        "b is added: beta a + (1 - beta) b.": beta * a - (1 - beta) * b,
        "The code is not brought to a length: it is the weighted sum.": lambda value: (
            value.shape == exact.shape and torch.allclose(value, value.norm(dim=-1, keepdim=True) * unit(exact))
        ),
        "Row by row: a code (N, T) for each pair.": lambda value: value.shape != a.shape,
    }


def unit(x: Tensor) -> Tensor:
    return x / x.norm(dim=-1, keepdim=True)
