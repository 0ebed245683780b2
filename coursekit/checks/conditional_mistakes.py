"""What comes out of the exercises of lesson 12 on nets by plausible mistakes: a hint -> the value that it gives."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, normalize, one_hot, softplus

from coursekit.checks.judging import not_finite

CLAMPED = "Large scores count in full: a clamp, or a small number inside the logarithm, is in the way."
ROUNDED = "The sigmoid of 1000 is rounded to 1, that of -1000 to 0: never take its logarithm."
TARGETS = "Scores may have the shape (N,) or (N, 1): make targets with `torch.ones_like(scores)`, or use `softplus`."
SIGMOID_TWICE = "A sigmoid was taken twice: the scores are raw, and `..._with_logits` has one inside."


def label_mistakes(x: Tensor, label: Tensor, n_classes: int) -> dict[str, object]:
    """The inputs with their labels of plausible mistakes."""

    def joined(code: Tensor) -> Tensor:
        code = code.to(x.dtype)
        return torch.cat([x, code if x.dim() == 2 else code[:, :, None, None].expand(-1, -1, *x.shape[2:])], 1)

    code, n = one_hot(label, n_classes), len(x)
    right = joined(code)
    shape = right.shape

    def counted_from_labels(value: Tensor) -> bool:
        return value.shape[1:] == (x.shape[1] + int(label.max()) + 1, *x.shape[2:])

    wrong: dict[str, object] = {
        "The code comes behind x, not before it.": torch.cat([right[:, x.shape[1] :], x], 1),
        "A label has no order: not its number but its one-hot code of n_classes numbers.": lambda value: (
            value.shape == (n, x.shape[1] + 1, *x.shape[2:])
        ),
        "That is the number of the class in every new place: the code is one-hot, 1 for the class and 0 else.": (
            joined(label[:, None].expand(n, n_classes))
        ),
        "Every row has a label of its own: you gave all rows that of the first.": joined(code[:1].expand_as(code)),
        "That counts the classes from 1: label 0 is the first number of the code.": joined(code.roll(1, 1)),
        "The code holds 0 and 1, whatever the range of x.": joined(2 * code - 1),
        "That is the code alone: x comes first.": right[:, x.shape[1] :],
        "Where the class is, is 1, everywhere else 0: yours is turned round.": joined(1 - code),
        "The code was added to x: it needs places of its own, behind those of x.": lambda value: value.shape == x.shape,
        "n_classes numbers a label, whichever labels the batch happens to have.": counted_from_labels,
    }
    if x.dim() == 4:
        height, width = shape[2:]
        corner, row, column = torch.zeros_like(right), torch.zeros_like(right), torch.zeros_like(right)
        for part, where in (
            (corner, (slice(0, 1), slice(0, 1))),
            (row, (slice(0, 1), slice(None))),
            (column, (slice(None), slice(0, 1))),
        ):
            part[:, : x.shape[1]] = x
            part[:, x.shape[1] :, where[0], where[1]] = right[:, x.shape[1] :, where[0], where[1]]
        constant = "A plane is constant: the code stands at every place of H x W."
        wrong |= {f"{constant} Yours stands in a corner.": corner, f"{constant} Yours stands in one row.": row}
        wrong |= {f"{constant} Yours stands in one column.": column}
        turned = (n, shape[1], width, height)
        wrong["H and W are exchanged: x is (N, C, H, W)."] = lambda value: value.shape == turned and height != width
    return wrong


def projection_mistakes(features: Tensor, label_embedding: Tensor, base_score: Tensor) -> dict[str, object]:
    """The scores of plausible mistakes."""
    product = features * label_embedding
    inner = product.sum(1, keepdim=True)
    n, d = features.shape
    across = "Each row goes with its own embedding: `features @ embedding.T` is a table of all pairs, (N, N)."
    wrong: dict[str, object] = {
        across: base_score + features @ label_embedding.T,
        "Shapes (N,) and (N, 1) together make an N x N table: sum with `keepdim=True`.": base_score + product.sum(1),
        "One score a row, (N, 1): you gave (N,).": (base_score + inner)[:, 0],
        "The inner product is a sum over the features, not their mean.": base_score + product.mean(1, keepdim=True),
        "That is the cosine: an inner product is not divided by the lengths.": base_score
        + (normalize(features, dim=1) * normalize(label_embedding, dim=1)).sum(1, keepdim=True),
        "The inner product is not divided by a root: that is attention.": base_score + inner / d**0.5,
        "The base score is missing.": inner,
        "That is the base score alone.": base_score,
        "The inner product is added, not subtracted.": base_score - inner,
        "Base score and inner product are added, not multiplied.": base_score * inner,
        "The sum runs over the features, axis 1: yours runs over all rows.": base_score + product.sum(),
        "The sum runs over the features, axis 1: yours runs over the batch.": base_score + product.sum(0),
        "The sum over the features is missing.": base_score + product,
        "That is a distance: the paper's score is an inner product.": base_score
        - (features - label_embedding).square().sum(1, keepdim=True),
        "The base score was counted once for each feature: sum first, then add it.": (base_score + product).sum(
            1, keepdim=True
        ),
    }
    return wrong


Net = Callable[[Tensor, Tensor], Tensor]


def with_targets(D: Net, real: Tensor, fake: Tensor, label: Tensor, on_real: float, on_fake: float) -> Tensor:
    scores = D(real, label), D(fake, label)
    terms = (
        binary_cross_entropy_with_logits(score, torch.full_like(score, target))
        for score, target in zip(scores, (on_real, on_fake), strict=True)
    )
    return sum(terms)


def reduced(reduce: Callable[[Tensor], Tensor]) -> Callable:
    return lambda D, real, fake, label: reduce(softplus(-D(real, label))) + reduce(softplus(D(fake, label)))


def twice(D: Net, real: Tensor, fake: Tensor, label: Tensor) -> Tensor:
    return softplus(-D(real, label).sigmoid()).mean() + softplus(D(fake, label).sigmoid()).mean()


# each makes its mistake on the arguments of conditional_discriminator_loss
PAIR_MISTAKES: dict[str, Callable] = {
    "The targets are exchanged: real pairs are 1, fake pairs 0.": lambda *a: with_targets(*a, 0.0, 1.0),
    "The target of the fakes is 0 in D's turn: 1 is what G wishes for.": lambda *a: with_targets(*a, 1.0, 1.0),
    SIGMOID_TWICE: twice,
    "It is the sum of the two means: you took half of it.": lambda *a: with_targets(*a, 1.0, 0.0) / 2,
    "You summed over the batch: each half is a mean.": reduced(torch.sum),
    "The fakes are missing: D also learns to reject.": lambda D, real, fake, label: softplus(-D(real, label)).mean(),
    "The reals are missing: D also learns to accept.": lambda D, real, fake, label: softplus(D(fake, label)).mean(),
    "A minus is lost: the loss goes down as D gets better.": lambda *a: -with_targets(*a, 1.0, 0.0),
    "Those are the scores themselves: a critic's loss. Here each goes through the cross-entropy.": (
        lambda D, real, fake, label: D(fake, label).mean() - D(real, label).mean()
    ),
    "Those are squared distances of probabilities: take the cross-entropy.": (
        lambda D, real, fake, label: (
            (D(real, label).sigmoid() - 1).square().mean() + D(fake, label).sigmoid().square().mean()
        )
    ),
    "Those are squared distances of scores, the least-squares GAN: take the cross-entropy.": (
        lambda D, real, fake, label: (D(real, label) - 1).square().mean() + D(fake, label).square().mean()
    ),
}


def acgan_mistakes(parts: list[Tensor], label: Tensor) -> tuple[dict[str, object], dict[str, object]]:
    """The two losses of plausible mistakes: hints for the first, and for the second."""
    real, real_logits, fake, fake_logits = parts
    to_real, to_fake = softplus(-fake).mean(), softplus(fake).mean()
    source = softplus(-real).mean() + to_fake
    on_real, on_fake = cross_entropy(real_logits, label), cross_entropy(fake_logits, label)
    d_loss, g_loss = source + on_real + on_fake, to_real + on_fake
    soft = cross_entropy(real_logits.softmax(1), label), cross_entropy(fake_logits.softmax(1), label)
    softmax_first = "`cross_entropy` takes raw logits: there is a softmax inside already, leave yours out."
    exchanged = "The order is (d_loss, g_loss)."
    of_d: dict[str, object] = {
        exchanged: g_loss,
        softmax_first: source + soft[0] + soft[1],
        "The class terms are missing: D reads the class, too.": source,
        "The class of the fakes is missing: D is to read it off them, too, and G wants the same.": source + on_real,
        "The class of the reals is missing: from them D learns what the classes look like.": source + on_fake,
        "The class of the fakes counts with a plus: there is no fight over it.": source + on_real - on_fake,
        "The class terms count with a plus: reading them right makes the loss small.": source - on_real - on_fake,
        "The targets of the scores are exchanged: reals are 1, fakes 0.": (
            softplus(real).mean() + to_real + on_real + on_fake
        ),
        SIGMOID_TWICE: softplus(-real.sigmoid()).mean() + softplus(fake.sigmoid()).mean() + on_real + on_fake,
        "The class terms count in full, not as their mean.": source + (on_real + on_fake) / 2,
        "The two terms of the scores are a sum, not their mean.": source / 2 + on_real + on_fake,
        "You summed over the batch: each term is a mean.": len(label) * d_loss,
        "The source is missing: real or fake is what the game is about.": on_real + on_fake,
        ROUNDED: not_finite,
    }
    of_g: dict[str, object] = {
        exchanged: d_loss,
        softmax_first: to_real + soft[1],
        "The class term is missing in g_loss: G wants its fakes' class to be read off, too.": to_real,
        "The class term counts with a plus for G, too: a fake whose class is read right is a good one.": (
            to_real - on_fake
        ),
        "That is minus d_loss: the class is no matter of dispute, both want it right.": -d_loss,
        "The class of the reals is no matter of G's: leave it out.": to_real + on_fake + on_real,
        "That is the class of the reals: G is judged by its fakes.": to_real + on_real,
        "G wants its fakes taken for real: target 1. Yours is 0.": to_fake + on_fake,
        "That is the saturating form, log(1 - D): take the cross-entropy with the target 1.": -to_fake + on_fake,
        SIGMOID_TWICE: softplus(-fake.sigmoid()).mean() + on_fake,
        "The reals' scores are no matter of G's: leave them out.": to_real + softplus(-real).mean() + on_fake,
        "You summed over the batch: each term is a mean.": len(label) * g_loss,
        "The source is missing: G wants its fakes taken for real.": on_fake,
        ROUNDED: not_finite,
    }
    return of_d, of_g
