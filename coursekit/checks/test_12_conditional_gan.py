"""Checks of lesson 12: labels beside the input, three losses and scores that use them, tags and how good they are."""

from types import SimpleNamespace

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, one_hot, softplus

from coursekit import losses, tagging
from coursekit.checks import conditional_mistakes as mistakes
from coursekit.checks import tagging_mistakes
from coursekit.checks.conditional_probes import judge_pairs, two_losses
from coursekit.checks.inputs import numbers, rand
from coursekit.checks.judging import Mistake, anything, close, exercise, expect, expect_error, explain, not_finite
from coursekit.checks.slopes import NO_SLOPE, compare_slopes
from coursekit.metrics.tagging import precision_at_k
from coursekit.nets import conditional

HIDDEN = [  # they hold the answers
    "coursekit.nets.conditional",
    "coursekit.losses",
    "coursekit.metrics.tagging",
    "coursekit.tagging",
    "coursekit.conditional",
]
OTHER_LABEL = "The pair is a picture with its own label: fakes are shown with the label that they were made for."
REAL_LABEL = "Reals are shown with their own label, and with no other."


@exercise(points=2, stand_in=conditional.concat_label)
def test_concat_label(student):
    def exact(x: Tensor, label: Tensor, n_classes: int) -> Tensor:
        code = one_hot(label, n_classes).double()
        return torch.cat([x, code if x.dim() == 2 else code[:, :, None, None] * torch.ones_like(x[:, :1])], 1)

    def compare(x, label, n_classes, more):
        arguments = {"x": x, "label": label, "n_classes": n_classes}
        hints = mistakes.label_mistakes(**arguments) | more
        expect(student, "concat_label", exact(**arguments), hints, **arguments)
        compare_slopes(student, "concat_label", exact, hints, **arguments)

    compare(numbers(0.5, -1, 2, 0.25, 1, 3).reshape(3, 2), torch.tensor([2, 0, 1]), 4, {})
    compare(2 * rand(5, 3) - 1, torch.randint(6, (5,)), 6, {})
    planes = "x may be pictures (N, C, H, W), H and W any: each number of the code becomes a plane (H, W)."
    with explain(planes):
        compare(2 * rand(3, 2, 4, 4) - 1, torch.tensor([1, 2, 0]), 4, {planes: anything})
        compare(2 * rand(2, 1, 3, 5) - 1, torch.tensor([4, 2]), 5, {planes: anything})
        compare(2 * rand(1, 3, 2, 1) - 1, torch.tensor([1]), 3, {planes: anything})
    range_of = "A label out of range is a mistake in the data: raise a ValueError, for negative ones as well."
    for x, wrong in ((rand(3, 2), (0, 3, 1)), (rand(2, 2), (-1, 2)), (rand(2, 1, 2, 2), (0, 5)), (rand(1, 2), (-3,))):
        expect_error(student, "concat_label", "ValueError", range_of, x=x, label=torch.tensor(wrong), n_classes=3)


@exercise(points=2, stand_in=losses.conditional_discriminator_loss)
def test_conditional_discriminator_loss(student):
    call = "conditional_discriminator_loss(D, real, fake, label)"

    def by(function, play):
        return judge_pairs(SimpleNamespace(conditional_discriminator_loss=function), **play)

    def exact(D, real, fake, label):
        return softplus(-D(real, label)).mean() + softplus(D(fake, label)).mean()

    def compare(play, more):
        with explain(f"D takes the pair, D(x, label). {mistakes.TARGETS}"):
            got = student.probe(judge_pairs, **play)
        wanted = by(exact, play)
        arguments = {name: play[name] for name in ("real", "fake", "label")}
        check_pairs(got, **arguments)
        hints = {text: by(wrong, play)["loss"].detach() for text, wrong in mistakes.PAIR_MISTAKES.items()}
        close(got["loss"], wanted["loss"].detach(), call, hints | more, arguments)
        if got["slopes"] is None:
            raise Mistake(f"{call}, its slope by D's parameters: there is none.\n{NO_SLOPE}")
        cut = {"The value is right, its slope is not: no `item`, `data` or `detach` of D's scores.": anything}
        for slope, right in zip(got["slopes"], wanted["slopes"], strict=True):
            close(slope, right, f"the slope of {call} by D's parameters", cut, arguments)

    def check_pairs(got, real, fake, label):
        for x, labels in zip(got["shown"], got["labels"], strict=True):
            for kind, rows, why in (("real", real, REAL_LABEL), ("fake", fake, OTHER_LABEL)):
                same = (x.flatten(1)[:, None] == rows.flatten(1)).all(2)  # row i of x is row j of the reals or fakes
                if not torch.equal((same * labels[:, None])[same], (same * label)[same]):
                    raise Mistake(f"{call}: D was shown a {kind} with another label than its own.\n{why}")

    def draw(shape, n_classes=4, scale=1.0, flat=False):
        size = int(torch.tensor(shape[1:]).prod())
        x = {name: torch.randn(*shape, dtype=torch.float64) for name in ("real", "fake")}
        label = torch.arange(shape[0]).remainder(n_classes)[torch.randperm(shape[0])]
        nets = {name: torch.randn(n, 5, dtype=torch.float64) for name, n in (("inner", size), ("classes", n_classes))}
        return x | nets | {"label": label, "scale": scale, "flat": flat}

    compare(draw((6, 3)), {})
    compare(draw((5, 2, 3, 4)), {"Samples may be pictures: D takes care of their shape.": anything})
    compare(draw((4, 3), flat=True), {mistakes.TARGETS: anything})
    compare(draw((1, 2)), {"A batch of one is a batch, too.": anything})
    large = {mistakes.ROUNDED: not_finite, mistakes.CLAMPED: anything}
    compare(draw((6, 3), scale=1000.0), large)


@exercise(points=3, stand_in=losses.acgan_losses)
def test_acgan_losses(student):
    call = "acgan_losses(real_scores, real_logits, fake_scores, fake_logits, label)"
    names = ("real_scores", "real_logits", "fake_scores", "fake_logits")

    def exact(real_scores, real_logits, fake_scores, fake_logits, label):
        on_fakes = cross_entropy(fake_logits, label)
        d_loss = softplus(-real_scores).mean() + softplus(fake_scores).mean()
        return d_loss + cross_entropy(real_logits, label) + on_fakes, softplus(-fake_scores).mean() + on_fakes

    def compare(parts, label, more):
        with explain(mistakes.TARGETS):
            got = student.probe(two_losses, parts=parts, label=label)
        wanted = two_losses(SimpleNamespace(acgan_losses=exact), parts, label)
        if len(got["losses"]) != 2:
            came = f"expected two numbers, got {len(got['losses']) or 'a ' + got['form']}."
            raise Mistake(f"{call}\n{came}\nEnd with `return d_loss, g_loss`.")
        arguments = dict(zip((*names, "label"), (*parts, label), strict=True))
        for i, (name, hints) in enumerate(
            zip(("d_loss", "g_loss"), mistakes.acgan_mistakes(parts, label), strict=True)
        ):
            close(got["losses"][i], wanted["losses"][i].detach(), f"the {name} of {call}", hints | more, arguments)
        for i, name in enumerate(("d_loss", "g_loss")):
            if got["slopes"][i] is None:
                raise Mistake(f"{call}: {name} has no slope.\n{NO_SLOPE}")
            for part, slope, right in zip(names, got["slopes"][i], wanted["slopes"][i], strict=True):
                cut = f"The value of {name} is right, its slope by {part} is not: no `item`, `data` or `detach` of it."
                close(slope, right, f"the slope of the {name} of {call} by {part}", {cut: anything}, arguments)

    def draw(n, n_classes, flat=False, scale=1.0):
        scores = [scale * torch.randn(n, *([] if flat else [1]), dtype=torch.float64) for _ in range(2)]
        logits = [scale * torch.randn(n, n_classes, dtype=torch.float64) for _ in range(2)]
        return [scores[0], logits[0], scores[1], logits[1]], torch.randint(n_classes, (n,))

    scores = numbers(2, -1, 0.5)[:, None], numbers(-2, 1, 0.25)[:, None]
    logits = numbers(1, 0, 2, -1, 0.5, 0).reshape(3, 2), numbers(0, 2, 1, 1, -1, 0.5).reshape(3, 2)
    compare([scores[0], logits[0], scores[1], logits[1]], torch.tensor([0, 1, 0]), {})
    compare(*draw(5, 4), {})
    compare(*draw(4, 3, flat=True), {mistakes.TARGETS: anything})
    compare(*draw(1, 6), {"A batch of one is a batch, too.": anything})
    compare(*draw(6, 3, scale=1000.0), {mistakes.CLAMPED: anything})


@exercise(points=2, stand_in=conditional.projection_score)
def test_projection_score(student):
    def compare(features, label_embedding, base_score, more):
        arguments = {"features": features, "label_embedding": label_embedding, "base_score": base_score}
        hints = mistakes.projection_mistakes(**arguments) | more
        wanted = base_score + (features * label_embedding).sum(1, keepdim=True)
        expect(student, "projection_score", wanted, hints, **arguments)
        compare_slopes(
            student, "projection_score", lambda f, e, b: b + (f * e).sum(1, keepdim=True), hints, **arguments
        )

    table = numbers(1, 2, -1, 0.5, 3, 1).reshape(3, 2), numbers(0, 1, 2, -2, 1, 1).reshape(3, 2)
    compare(*table, numbers(0.5, -0.25, 1)[:, None], {})
    general = "N and d may be any: (N, d), (N, d) and (N, 1) make (N, 1)."
    with explain(general):
        for n, d in ((5, 3), (4, 4), (2, 7), (6, 1), (1, 3)):
            parts = (torch.randn(n, size, dtype=torch.float64) for size in (d, d, 1))
            compare(*parts, {general: anything})


@exercise(points=3, stand_in=tagging.generate_tags)
def test_generate_tags(student):
    def compare(samples, vectors, n_nearest, n_tags, more):
        arguments = {"samples": samples, "vectors": vectors, "n_nearest": n_nearest, "n_tags": n_tags}
        hints = tagging_mistakes.tag_mistakes(**arguments) | more
        expect(student, "generate_tags", tagging_mistakes.generate_tags(**arguments), hints, **arguments)

    def draw(n_samples, n_words, d, seed=None):
        """Samples (S, d) around a direction, and vectors (V, d) of very different lengths.

        With the two seeds below all plausible mistakes give different tags.
        """
        generator = torch.Generator().manual_seed(int(torch.randint(1 << 40, (1,))) if seed is None else seed)

        def randn(*shape):
            return torch.randn(*shape, generator=generator, dtype=torch.float64)

        return randn(n_samples, d) + 0.7 * randn(1, d), randn(n_words, d) * (0.8 * randn(n_words, 1)).exp()

    compare(*draw(30, 12, 3, seed=2), 3, 5, {})
    compare(*draw(25, 9, 2, seed=6), 2, 4, {})
    compare(*draw(40, 60, 4, seed=1), 2, 50, {tagging_mistakes.TIES: anything})  # most have no vote
    sizes = "S, V, d, n_nearest and n_tags may be any, n_nearest and n_tags up to V."
    with explain(sizes):
        for n_samples, n_words, d, n_nearest, n_tags in ((50, 20, 5, 4, 6), (8, 15, 3, 6, 1), (20, 30, 8, 1, 12)):
            compare(*draw(n_samples, n_words, d), n_nearest, n_tags, {sizes: anything})
        every = "If every sample votes for every word, all are equal: 0, 1, 2, ..."
        compare(*draw(6, 7, 2), 7, 7, {every: anything})
        compare(*draw(1, 5, 3), 2, 3, {"One sample is an election, too.": anything})


@exercise(points=2, stand_in=precision_at_k)
def test_precision_at_k(student):
    def compare(tags, truth, k, more):
        arguments = {"tags": tags, "truth": truth, "k": k}
        wanted = truth.gather(1, tags[:, :k]).double().mean()
        hints = tagging_mistakes.precision_mistakes(**arguments) | more
        expect(student, "precision_at_k", wanted, hints, **arguments)

    def draw(n, n_words, n_tags, seed=None):
        generator = torch.Generator().manual_seed(int(torch.randint(1 << 40, (1,))) if seed is None else seed)
        tags = torch.stack([torch.randperm(n_words, generator=generator)[:n_tags] for _ in range(n)])
        return tags, torch.rand(n, n_words, generator=generator, dtype=torch.float64) < 0.4

    def truths(n_words, *rows):
        return torch.stack([torch.zeros(n_words).scatter(0, torch.tensor(row), 1.0).bool() for row in rows])

    compare(*draw(7, 11, 6, seed=17), 3, {})
    tags = torch.tensor([[4, 2, 6, 0, 7, 1], [5, 3, 1, 2, 0, 6], [6, 7, 0, 5, 4, 3]])
    compare(tags, truths(8, [4, 2, 0, 3, 5], [1, 2], [6, 7, 0]), 3, {})
    few = "Where no tag is true, or fewer than k are, the share is still one of k."
    with explain(few):
        compare(tags, truths(8, [4, 1], [0, 5, 3], [6]) & torch.tensor([[True], [True], [False]]), 4, {few: anything})
    sizes = "N, V, L and k may be any: 1 <= k <= L."
    with explain(sizes):
        for n, n_words, n_tags, k in ((5, 12, 6, 4), (1, 9, 9, 3), (20, 30, 7, 7), (6, 5, 1, 1), (40, 15, 10, 1)):
            compare(*draw(n, n_words, n_tags), k, {sizes: anything})
