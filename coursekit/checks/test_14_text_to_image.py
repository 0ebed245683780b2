"""Checks of lesson 14: captions as numbers, wrong captions, the three-way loss, and the code joined with features."""

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits as bce

from coursekit import losses
from coursekit.checks import caption_mistakes as mistakes
from coursekit.checks.caption_probes import draw_often, draw_with_generators
from coursekit.checks.inputs import numbers, rand
from coursekit.checks.judging import Mistake, anything, close, exercise, expect_error, explain, not_finite
from coursekit.checks.slopes import compare_slopes
from coursekit.data.captions import encode_caption, mismatch
from coursekit.nets.text_to_image import depth_concat, interpolate_captions

HIDDEN = [  # they hold the answers
    "coursekit.data.captions",
    "coursekit.losses",
    "coursekit.nets.text_to_image",
    "coursekit.text_to_image",
    "coursekit.steps.gan_cls",
]
WORDS = ["a", "the", "small", "large", "red", "green", "blue", "circle", "square", "top", "left", "not"]
LOUD = "The case does not count: `lower()` before the words are looked up."
MARKS = "Commas and full stops do not count: take them out before the words are looked up."
SPACES = "One space or several: `split()` without an argument takes both."


def new_vocabulary() -> dict[str, int]:
    """The words with ids in another order each time, from 1."""
    return dict(zip(WORDS, (1 + torch.randperm(len(WORDS))).tolist(), strict=True))


@exercise(points=2, stand_in=encode_caption)
def test_encode_caption(student):
    def compare(caption, length, why):
        vocabulary = new_vocabulary()
        words = caption.lower().replace(",", " ").replace(".", " ").split()
        ids = {word: vocabulary[word] for word in words}
        call, hints = f'encode_caption("{caption}", vocabulary, {length})', {}
        if length > len(words):
            hints = mistakes.encoding_mistakes(words, vocabulary, length)
        wanted = torch.tensor([ids[word] for word in words] + [0] * (length - len(words)))
        with explain(why):
            got = student.encode_caption(caption, vocabulary, length)
        close(got, wanted, call, hints | {why: anything}, ids)
        if got.dtype != torch.int64:
            raise Mistake(
                f"{call} returns {got.dtype}.\nIds pick rows of a table: they are whole numbers, torch.int64."
            )

    compare("a small red circle", 7, "One id a word, then zeros.")
    compare("the circle left not the square", 8, "A word may come twice: it has one id, at both places.")
    compare("A Large BLUE square", 6, LOUD)
    compare("a small circle, blue, top left.", 9, MARKS)
    compare("a  large   square", 5, SPACES)
    compare("a green circle", 3, "As many words as there is room for: that is not too long.")
    unknown_is_named(student, "a purple circle", 6, ["purple"])
    unknown_is_named(student, "Huge, purple square at top left", 8, ["huge", "purple", "at"])
    long = "A caption of more than `length` words is cut off in silence, or makes a longer row: raise a ValueError."
    for caption, length in (("a small red circle top left", 5), ("a circle", 1)):
        arguments = {"caption": caption, "vocabulary": new_vocabulary(), "length": length}
        expect_error(student, "encode_caption", "ValueError", long, **arguments)


def unknown_is_named(student, caption: str, length: int, unknown: list[str]) -> None:
    """Ask for a caption with unknown words, which must raise a ValueError that names each of them."""
    call = f'encode_caption("{caption}", vocabulary, {length}), where {" and ".join(unknown)} are unknown'
    try:
        got = student.encode_caption(caption, new_vocabulary(), length)
    except Exception as error:
        if not hasattr(error, "kind"):
            raise
        why = "Who types a caption must learn which words the net cannot read: raise a ValueError that names them."
        if error.kind != "ValueError":
            raise Mistake(f"{call}\nexpected a ValueError, got another error. {error}\n{why}") from None
        missing = [word for word in unknown if word not in str(error).lower()]
        if missing:
            every = f"Its message names every unknown word; {' and '.join(missing)} is not in it."
            raise Mistake(f"{call}\n{error}\n{every}") from None
        return
    ids = got.tolist() if isinstance(got, Tensor) else got
    dropped = "Unknown words are dropped in silence, or get an id: raise a ValueError that names them."
    raise Mistake(f"{call}\nexpected a ValueError, got {ids}.\n{dropped}")


@exercise(points=3, stand_in=mismatch)
def test_mismatch(student):
    def compare(captions, n_draws, why):
        with explain(why):
            drawn = student.probe(draw_often, captions=captions, n_draws=n_draws)
        n_kinds = len(captions.unique(dim=0))
        call = f"mismatch(captions) with {n_kinds} different captions in {len(captions)} rows"
        return torch.stack([mistakes.check_pairs(call, index, captions) for index in drawn])

    different = torch.stack([torch.randperm(9) + 1 for _ in range(12)])
    different[:, 0] = torch.arange(12) + 1
    compare(different, 20, "Any captions may come.")
    kinds = different[:4, :5]
    dealt = torch.tensor([0, 1, 2, 3] * 5 + [2, 2])[torch.randperm(22)]
    compare(kinds[dealt], 10, "A batch may hold a caption many times.")
    near = different[:1, :4].repeat(6, 1)
    near[:, 2] = torch.arange(6)
    one_word = "Captions that differ in one word are different."
    compare(near, 10, one_word)
    most = different[:1].repeat(5, 1)
    most[3] = different[1]
    repeat = "A row may be taken more than once: here four captions need the one that is different."
    compare(most, 5, repeat)
    four = different[:4]
    drawn = compare(four, 300, "Any captions may come.")
    for i in range(4):
        found = set(drawn[:, i].tolist())
        if len(found) < 3:
            anew = "Draw anew in each call, and set no seed: every row that differs may come."
            came = f"in 300 calls row {i} of 4 different ones got only {', '.join(map(str, sorted(found)))}"
            raise Mistake(f"mismatch(captions): {came}.\n{anew}")
    check_generator(student, different)
    same = "Where all captions are the same, or there is one alone, no caption is wrong: raise a ValueError."
    for captions in (different[:1].repeat(4, 1), different[:1]):
        expect_error(student, "mismatch", "ValueError", same, captions=captions)


def check_generator(student, captions: Tensor) -> None:
    """Raise a Mistake unless the draws are the generator's, and go on from call to call."""
    with explain("mismatch(captions, generator): a torch.Generator may come as second argument."):
        drawn = student.probe(draw_with_generators, captions=captions, seed=int(torch.randint(10**6, (1,))))
    for index in drawn.values():
        mistakes.check_pairs("mismatch(captions, generator)", index, captions)
    if not torch.equal(drawn["first"], drawn["again"]):
        use = "Hand it on to each random function: `torch.randint(..., generator=generator)`."
        raise Mistake(f"mismatch(captions, generator): two generators with the same seed gave different rows.\n{use}")
    if torch.equal(drawn["first"], drawn["next"]):
        fresh = "Draw from the generator as it is: it goes on from call to call, and nobody seeds it again."
        raise Mistake(f"mismatch(captions, generator) gave the same rows twice in a row.\n{fresh}")


@exercise(points=2, stand_in=losses.gan_cls_loss)
def test_gan_cls_loss(student):
    def compare(right, wrong, fake, more):
        hints = mistakes.cls_mistakes(right.double(), wrong.double(), fake.double()) | more
        scores = {"real_right": right, "real_wrong": wrong, "fake_right": fake}
        compare_slopes(student, "gan_cls_loss", exact_cls_loss, hints, **scores)

    compare(numbers(0.5, -1, 2), numbers(1.5, -0.25, 0.75), numbers(-2, 0.25, 3), {})
    shapes = "Scores may be (N,) or (N, 1): make targets with `torch.ones_like(scores)`, or do without."
    with explain(shapes):
        for shape in ((7,), (5, 1), (1, 1), (1,)):
            compare(*(6 * rand(*shape) - 3 for _ in range(3)), {shapes: anything})
    large = "Scores of +-1000: `softplus` is right for all; the logarithm of a rounded or clamped sigmoid is not."
    for size in (100.0, 1000.0):
        scores = numbers(size, -size, 30, -50)
        compare(scores, scores.flip(0), scores.roll(1), {large: anything})


def exact_cls_loss(real_right: Tensor, real_wrong: Tensor, fake_right: Tensor) -> Tensor:
    """By torch's cross-entropy with targets."""
    false = bce(real_wrong, torch.zeros_like(real_wrong)) + bce(fake_right, torch.zeros_like(fake_right))
    return bce(real_right, torch.ones_like(real_right)) + 0.5 * false


@exercise(points=2, stand_in=depth_concat)
def test_depth_concat(student):
    def compare(n, channels, t, size, more):
        features, code = torch.randn(n, channels, *size).double(), torch.randn(n, t).double()
        hints = mistakes.concat_mistakes(features, code) | more
        compare_slopes(student, "depth_concat", exact_concat, hints, features=features, code=code)

    compare(2, 3, 4, (2, 3), {})
    general = "Any N, C, T, H and W: none of them need be equal."
    with explain(general):
        compare(3, 1, 1, (4, 2), {general: anything})
        compare(1, 5, 2, (1, 1), {general: anything})
        compare(4, 4, 4, (4, 4), {general: anything})
        compare(1, 2, 6, (3, 5), {general: anything})


def exact_concat(features: Tensor, code: Tensor) -> Tensor:
    """Place by place."""
    rows = [
        [torch.cat([features[:, :, i, j], code], 1) for j in range(features.shape[3])] for i in range(features.shape[2])
    ]
    return torch.stack([torch.stack(row, 2) for row in rows], 2)


@exercise(points=1, stand_in=interpolate_captions)
def test_interpolate_captions(student):
    def compare(a, b, beta, more):
        hints = mistakes.between_mistakes(a, b, beta) | more
        play = {"a": a, "b": b, "beta": beta}
        compare_slopes(student, "interpolate_captions", lambda a, b, beta: b + beta * (a - b), hints, **play)

    compare(numbers(1, 2, 4).reshape(1, 3), numbers(5, -2, 0).reshape(1, 3), 0.25, {})
    compare(torch.randn(4, 6).double(), torch.randn(4, 6).double(), 0.7, {})
    ends = "At beta = 1 stands a, at beta = 0 stands b."
    for beta in (0.0, 1.0):
        compare(
            torch.randn(3, 2).double(),
            torch.randn(3, 2).double(),
            beta,
            {ends: not_finite, ends + " Exactly.": anything},
        )
    compare(torch.randn(1, 1).double(), torch.randn(1, 1).double(), 0.5, {"In the middle both count half.": anything})
