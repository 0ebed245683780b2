"""Checks of lesson 02: divergences and judges, on worked examples, edge cases and random inputs."""

from collections.abc import Callable

import torch
from torch import Tensor

from coursekit import theory
from coursekit.checks.inputs import distribution, numbers, rand
from coursekit.checks.judging import Mistake, anything, close, exercise, expect, explain, not_finite
from coursekit.checks.likelihood import (
    BITS,
    LOG_2,
    bleu_mistakes,
    gaussian_mistakes,
    kl_gaussians,
    neighbour_mistakes,
    parzen_mistakes,
)
from coursekit.metrics.bleu import bleu
from coursekit.metrics.neighbours import nearest_neighbour
from coursekit.metrics.parzen import parzen_log_likelihood

HIDDEN = [  # they hold the answers: no submission may import them
    "coursekit.theory",
    "coursekit.metrics.parzen",
    "coursekit.metrics.neighbours",
    "coursekit.metrics.bleu",
    "coursekit.widgets",
]
ZERO_LOG_ZERO = "0 * log(0) is nan for the machine, and 0 here: `torch.xlogy(a, b)` is a * log(b) with that rule."
MEAN_FOR_SUM = "You took the mean over the entries where the formula has a sum."
MISSED = (
    "Where q is 0 and p is not, the answer is inf: what q calls impossible does happen. A small number inside the "
    "logarithm, or leaving that entry out, hides it."
)
SMALL = "Small probabilities count in full. Was a small number added to them, or float64 turned into float32?"


@exercise(points=2, stand_in=theory.kl_divergence)
def test_kl_divergence(student):
    def compare(p, q, hints):
        expect(student, "kl_divergence", theory.kl_divergence(p, q), hints, p=p, q=q)

    p, q = numbers(0.5, 0.3, 0.2), numbers(0.1, 0.6, 0.3)
    kl = theory.kl_divergence(p, q)
    soft_p, soft_q = p.softmax(0), q.softmax(0)
    hints = {
        BITS: kl / LOG_2,
        "That is KL(q || p): the weights and the numerator are those of p.": theory.kl_divergence(q, p),
        MEAN_FOR_SUM: kl / 3,
        "That is the cross entropy, -sum p log q: sum p log p is missing.": theory.cross_entropy(p, q),
        "The logarithms are not weighted: each counts p times.": (p / q).log().sum(),
        "torch's kl_div takes the logarithm of q first, then p: its first argument got no log.": (
            torch.xlogy(p, p) - p * q
        ).sum(),
        "p and q are probabilities already: leave out the softmax.": theory.kl_divergence(soft_p, soft_q),
        "That is the Jensen-Shannon divergence: p is compared with q itself.": theory.js_divergence(p, q),
    }
    compare(p, q, hints)
    compare_zeros(compare)


def compare_zeros(compare: Callable) -> None:
    """Distributions with zeros in p, in both, in q alone, and random ones with small entries."""
    with explain(ZERO_LOG_ZERO):
        for q in (numbers(0.2, 0.3, 0.5), numbers(0, 0.5, 0.5)):
            compare(numbers(0, 0.4, 0.6), q, {ZERO_LOG_ZERO: not_finite, SMALL: anything})
    with explain(MISSED):
        compare(numbers(0.5, 0.5, 0), numbers(1, 0, 0), {MISSED: anything})
    for n in (2, 7, 300):
        q = distribution(n) + 10 ** (-12 * rand(n) - 2)
        compare(distribution(n), q / q.sum(), {ZERO_LOG_ZERO: not_finite, SMALL: anything})


@exercise(points=2, stand_in=theory.cross_entropy)
def test_cross_entropy(student):
    def compare(p, q, hints):
        expect(student, "cross_entropy", theory.cross_entropy(p, q), hints, p=p, q=q)

    p, q = numbers(0.5, 0.3, 0.2), numbers(0.1, 0.6, 0.3)
    h, binary = theory.cross_entropy(p, q), -(p * q.log() + (1 - p) * (1 - q).log())
    hints = {
        BITS: h / LOG_2,
        "That is -sum q log p: the data p are the weights, and the model q is in the logarithm.": (
            theory.cross_entropy(q, p)
        ),
        MEAN_FOR_SUM: h / 3,
        "That is KL(p || q): here the entropy of p belongs to the value.": theory.kl_divergence(p, q),
        "That is the entropy of p, the price with the best model: the price with q is asked for.": (
            theory.cross_entropy(p, p)
        ),
        "The logarithms are not weighted: -log q_i counts p_i times.": -q.log().sum(),
        "A softmax was taken of the probabilities: torch's `cross_entropy` is for raw scores.": (
            theory.cross_entropy(p, q.softmax(0))
        ),
        "That is the binary cross entropy: the entries are one distribution, without (1 - p) log(1 - q).": binary.sum(),
        "That is the binary cross entropy: one distribution has no (1 - p) log(1 - q).": binary.mean(),
    }
    compare(p, q, hints)
    compare_zeros(compare)
    p, q = (weights / weights.sum() for weights in 0.1 + rand(2, 6))
    with explain("To train with it, PyTorch must be able to go back through it: no `.item()`, `float()`, `.detach()`."):
        got = student.probe(slope, p=p, q=q)
    call, hint = (
        "the gradient of cross_entropy(p, q) by q",
        "The gradient is -p / q: nothing on the way may be detached.",
    )
    close(got, -p / q, call, {hint: anything}, {"p": p, "q": q})


def slope(student, p, q):
    """A probe: the gradient of the student's cross entropy with respect to q."""
    q = q.clone().requires_grad_()
    student.cross_entropy(p, q).backward()
    return q.grad


@exercise(points=2, stand_in=kl_gaussians)
def test_kl_gaussians(student):
    def compare(mu0, std0, mu1, std1, hints):
        wanted = kl_gaussians(mu0, std0, mu1, std1)
        expect(student, "kl_gaussians", wanted, hints, mu0=mu0, std0=std0, mu1=mu1, std1=std1)

    four = numbers(0.5, 1, -2), numbers(0.7, 2, 3), numbers(1.8, -1, -1.5), numbers(1.6, 0.8, 1.5)
    first = [x[:1] for x in four]
    compare(*first, gaussian_mistakes(*first))
    with explain("The arguments are tensors: `math.log` takes one number, `torch.log` a whole tensor."):
        compare(*four, gaussian_mistakes(*four))
    broadcast = "The shapes broadcast: (3, 1) with (4,) is (3, 4), one divergence for each pair."
    with explain(broadcast):
        compare(rand(3, 1), rand(3, 1) + 0.1, rand(4), rand(4) + 0.1, {broadcast: anything})
        compare(*rand(4).add(0.1).unbind(), {"Tensors of the shape () are welcome too.": anything})
    mu, std = rand(5), rand(5) + 0.1
    compare(mu, std, mu.clone(), std.clone(), {"Two equal Gaussians: the divergence is 0.": anything})
    sizes = "Standard deviations from 0.001 to 1000 may come: add nothing to them and cut nothing off."
    compare(rand(40), 10 ** (6 * rand(40) - 3), rand(40), 10 ** (6 * rand(40) - 3), {sizes: anything})


@exercise(points=3, stand_in=parzen_log_likelihood)
def test_parzen_log_likelihood(student):
    def compare(samples, x, sigma, hints):
        wanted = parzen_log_likelihood(samples, x, sigma)
        expect(student, "parzen_log_likelihood", wanted, hints, samples=samples, x=x, sigma=sigma)

    samples, x = torch.tensor([[0.0, 0], [1, 2], [3, -1]]).double(), torch.tensor([[1.0, 0], [2, 2]]).double()
    compare(samples, x, 0.8, parzen_mistakes(samples, x, 0.8))
    rounded = (
        "In 784 dimensions exp of each exponent is 0, and a 784th power overflows: `torch.logsumexp` on the exponents, "
        "and D times the logarithm of sigma sqrt(2 pi)."
    )
    floor = "Where exp is rounded to 0, a small number inside the logarithm only invents a density: use `logsumexp`."
    with explain(rounded):
        for sigma in (0.1, 0.3, 1.0):
            compare(rand(12, 784), rand(9, 784), sigma, {rounded: not_finite, floor: anything})
    compare(rand(4, 3), 1000 + rand(5, 3), 0.5, {rounded: not_finite, floor: anything})
    few = "One sample, or one x, is enough, and the answer has the shape (n,) still."
    with explain(few):
        compare(rand(1, 3), rand(4, 3), 0.5, {few: anything})
        compare(rand(4, 3), rand(1, 3), 0.5, {few: anything})
    compare(rand(40, 2), rand(30, 2), 0.05 + rand(1).item(), {"It must hold for any sigma and any n, m, D.": anything})


@exercise(points=2, stand_in=nearest_neighbour)
def test_nearest_neighbour(student):
    samples = torch.tensor([[0.0, 0], [4, 3]]).double()
    train = torch.tensor([[3.0, 1], [0, 2], [6, 8]]).double()
    compare_neighbours(student, samples, train, *neighbour_mistakes(samples, train))
    many = {"The nearest of all training images is asked for, for each sample.": anything}
    compare_neighbours(student, rand(9, 5), rand(40, 5), many, many)
    compare_neighbours(student, rand(30, 5), rand(4, 5), many, many)
    rows = "An image is one point: `flatten(1)` makes a row of all its pixels, of all channels, and leaves (n, d) be."
    with explain(rows):
        compare_neighbours(student, rand(5, 2, 4, 3), rand(7, 2, 4, 3), {rows: anything}, {rows: anything})
        compare_neighbours(student, rand(1, 1, 4, 4), rand(1, 1, 4, 4), {rows: anything}, {rows: anything})
    copies = "A copy is its own original's neighbour, at distance 0: no training image is left out."
    below = "|a|^2 + |b|^2 - 2ab is rounded to below 0 for a copy, and its root is nan: clamp at 0 before the root."
    images = rand(20, 784)
    compare_neighbours(student, images.flip(0), images, {copies: anything}, {below: not_finite, copies: anything})


def compare_neighbours(student, samples: Tensor, train: Tensor, of_index: dict, of_distance: dict) -> None:
    """Ask for the neighbours and compare index and distance; the second is forgiven 1e-5, as it promises."""
    got = student.nearest_neighbour(samples, train)
    call, arguments = "nearest_neighbour(samples, train)", {"samples": samples, "train": train}
    if not (isinstance(got, (tuple, list)) and len(got) == 2):
        came = "one tensor" if isinstance(got, Tensor) else f"a {getattr(got, 'name', type(got).__name__)}"
        raise Mistake(
            f"{call}\nexpected two tensors, index and distance, got {came}.\nEnd with `return index, distance`."
        )
    index, distance = got
    if isinstance(index, Tensor) and index.is_floating_point():
        swapped = isinstance(distance, Tensor) and not distance.is_floating_point()
        hint = "The index comes first, then the distance." if swapped else "Leave the index as `argmin` gives it."
        raise Mistake(f"{call}\nexpected whole numbers, the index, as the first of the two, got {index.dtype}.\n{hint}")
    wanted_index, wanted = nearest_neighbour(samples, train)
    close(index, wanted_index, f"the index of {call}", of_index, arguments)
    if isinstance(distance, Tensor) and distance.shape == wanted.shape:
        distance = torch.where((distance - wanted).abs() <= 1e-5, wanted, distance.double())
    close(distance, wanted, f"the distance of {call}", of_distance, arguments)


MAT = ["the cat is on the mat", "there is a cat on the mat"]  # Papineni et al. 2002, section 2.1


@exercise(points=4, stand_in=bleu)
def test_bleu(student):
    compare_texts(student, "the cat sat down", ["the cat sat"], 2)
    longer = ["the cat sat on the mat by the door", "there was a cat on the mat"]
    compare_texts(student, "the cat on the cat was", longer, 2)
    compare_texts(student, "a cat on the mat", ["the cat on", "a cat was on the mat"], 2)
    compare_texts(student, "the the the the the the the", MAT, 1)
    compare_texts(student, "the cat is on", MAT[::-1], 3)
    shorter = "Of two references that are equally near in length the shorter counts, in whichever order they come."
    for references in ("a b c d e f g", "a b c d e"), ("a b c d e", "a b c d e f g"):
        compare_texts(student, "a b c d e f", list(references), 2, shorter)
    none = "Where no run of some length is matched the score is 0: ask before you divide, or take a logarithm."
    with explain(none):
        for text, n in (("mat the on", 2), ("the cat", 4), ("a dog", 1), ("", 2)):
            compare_texts(student, text, MAT, n, none)
    for length in (3, 6, 9, 12):
        texts = [" ".join("abc"[i] for i in torch.randint(3, (size,))) for size in (length, 6, 8, 5)]
        compare_texts(student, texts[0], texts[1:], int(torch.randint(1, 4, ())), "Any texts and any n may come.")


def compare_texts(student, candidate: str, references: list[str], n: int, hint: str = "") -> None:
    """Ask for the score of a text, its words parted by spaces, and compare it with the library's."""
    words, others = candidate.split(), [text.split() for text in references]
    got = student.bleu(words, [list(other) for other in others], n)
    call = f'bleu("{candidate}".split(), [text.split() for text in {references}], n)'
    hints = {hint: anything} if hint else bleu_mistakes(words, others, n)
    close(got, numbers(bleu(words, others, n))[0], call, hints, {"n": n})
