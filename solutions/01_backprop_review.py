# ---
# jupyter:
#   coursekit:
#     title: How a network learns
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 01 · How a network learns: exercises
#
# **One class and four functions. With them you train networks without any autograd but your own.**
#
# The lecture is [01 · How a network learns](../notebooks/01_backprop_review.ipynb). Try each from its docstring before
# you look there. Replace each `raise NotImplementedError`, run the cell, then run the cell with `check` below it. The
# cells after a check use what you wrote once it has passed and coursekit's until then, so you may take the exercises in
# any order. Let each stand on its own: then a mistake in one costs nothing in another.

# %%
import math
import random

import torch
from torch import Tensor

from coursekit.checks import check
from coursekit.plots.lines import draw_lines
from coursekit.plots.style import new_figure, show

torch.set_num_threads(1)  # everything below is small

# %% [markdown]
# ## 01.Value · difficulty 4 of 5 · 40 minutes · 4 points
#
# Every gradient of this course is computed by a tape: numbers that remember how they were made, and a walk back. Each
# node hands to each of its parents its own gradient, times the slope of the node with respect to that parent. What
# comes in from several children adds up:
#
# $$ \frac{\partial L}{\partial \text{parent}}
#    = \sum_\text{children} \frac{\partial L}{\partial \text{child}} \cdot \frac{\partial \text{child}}{\partial \text{parent}}. $$
#
# So a node may hand on only when it has heard from all its children. This much is given:


# %%
class Value:
    """A number that remembers how it was made.

    `data` is the number, `grad` its gradient, 0.0 at first: both are floats. `parents` are the Values
    it was computed from, `slopes` its derivatives with respect to them; both are empty for a leaf.
    """

    def __init__(self, data: float, parents=(), slopes=()):
        self.data, self.parents, self.slopes = float(data), tuple(parents), tuple(slopes)
        self.grad = 0.0

    def backward(self) -> None:
        walk_back(self)

    def __radd__(self, other):  # what Python calls for 2 + a
        return self + other

    def __rmul__(self, other):  # and for 2 * a
        return self * other


def as_value(number):
    """A plain number as a leaf; a Value as it is."""
    return number if isinstance(number, Value) else Value(number)


# %% [markdown]
# **Four operations.** Each gives a new Value with its parents and slopes, and changes no operand. `other` is a Value or a
# plain number; `as_value` makes both a Value. You may add attributes and methods, or do all of it in another way: the
# check makes numbers with `Value(2.0)`, computes with them, calls `backward()`, and reads `data` and `grad`.


# %%
class Value(Value):  # a class may extend its own former self
    """With +, *, tanh() (right at +-1000 too) and relu() (slope 0 at 0); each gives a new Value."""

    def __add__(self, other: "Value | float") -> "Value":
        ### BEGIN SOLUTION
        other = as_value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))
        ### END SOLUTION

    def __mul__(self, other: "Value | float") -> "Value":
        ### BEGIN SOLUTION
        other = as_value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))
        ### END SOLUTION

    def tanh(self) -> "Value":
        ### BEGIN SOLUTION
        t = math.tanh(self.data)
        return Value(t, (self,), (1 - t * t,))
        ### END SOLUTION

    def relu(self) -> "Value":
        ### BEGIN SOLUTION
        return Value(max(0.0, self.data), (self,), (float(self.data > 0),))
        ### END SOLUTION


# %% [markdown]
# **The walk.** `backward` above calls it. A second pass, from the same Value or from another one that shares nodes with
# it, adds to what the leaves have, as in PyTorch.


# %%
def walk_back(result: Value) -> None:
    """Add d(result) / d(leaf) to the `grad` of every leaf that result was computed from.

    A leaf keeps what earlier passes left in its `grad`; what the nodes between keep from one pass
    must not count in the next. Each node hands on once, however many paths lead through it. If
    result is a leaf, its gradient is 1. Graphs are at most 200 operations deep: recursion will do.
    """
    ### BEGIN SOLUTION
    nodes, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for parent in node.parents:
                visit(parent)
            nodes.append(node)  # after all its parents
            node.grad = 0.0 if node.parents else node.grad

    visit(result)
    result.grad += 1.0
    for node in reversed(nodes):
        for parent, slope in zip(node.parents, node.slopes, strict=True):
            parent.grad += slope * node.grad
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: an operation</summary>
#
# It makes a `Value` of the result, with its parents and its slopes. For `a * b` the slope with respect to `a` is the
# number `b.data`. A plain number becomes a leaf first: `Value(number)`.
#
# </details>
#
# <details><summary>Hint 2: in which order to walk?</summary>
#
# Make a list in which each node stands after all its parents: visit a node's parents, each node once, then append the
# node itself. Backwards through this list, each node comes after all its children.
#
# </details>
#
# <details><summary>Hint 3: the gradients of the nodes between</summary>
#
# Before the walk, set the `grad` of every node that has parents to 0. Then add 1 to the `grad` of self, the last in the
# list.
#
# </details>

# %%
Number = check("01.Value", Value)

# %% [markdown]
# **See it.** A network of five tanh neurons, each of its 16 weights a number of yours, learns a sine from 16 points.

# %%
rng = random.Random(0)
neurons = [[Number(rng.gauss(0, 1)) for _ in range(3)] for _ in range(5)]
last_bias = Number(0.0)
weights = [weight for neuron in neurons for weight in neuron] + [last_bias]
places = [-3 + 0.4 * k for k in range(16)]


def network(place):
    return sum((out * (w * place + b).tanh() for w, b, out in neurons), start=last_bias)


# %% [markdown]
# **Predict**: how many steps until one can see that it is a sine: 30 or 300?

# %%
curves = {}
for step in range(301):
    answers = [network(place) for place in places]
    errors = [answer + -math.sin(place) for answer, place in zip(answers, places, strict=True)]
    loss = sum((error * error for error in errors), start=Number(0.0)) * (1 / 16)
    if step in (0, 30, 300):
        curves[f"after {step} steps"] = [answer.data for answer in answers]
    for weight in weights:
        weight.grad = 0.0
    loss.backward()
    for weight in weights:
        weight.data -= 0.2 * weight.grad

# %%
figure = new_figure(7, 2.8)
axis = figure.subplots()
axis.plot(places, [math.sin(place) for place in places], "ko", markersize=4, label="the points")
draw_lines(axis, places, curves, "x", "y")
axis.set_ylim(-1.3, 1.9)  # room for the legend
axis.legend(loc="upper center", ncols=4, frameon=False, fontsize=9)
show(figure, f"What the network says. Its mean squared error after 300 steps: {loss.data:.4f}.")

# %% [markdown]
# ## 01.linear_backward · difficulty 2 of 5 · 15 minutes · 2 points
#
# A tape of single numbers is slow, so a whole layer becomes one node. For $Y = X W^\top + b$, that is
# $Y_{ij} = \sum_k X_{ik} W_{jk} + b_j$, and the gradient $G$ of the loss with respect to $Y$:
#
# $$ \frac{\partial L}{\partial X_{ik}} = \sum_j G_{ij} W_{jk}, \qquad
#    \frac{\partial L}{\partial W_{jk}} = \sum_i G_{ij} X_{ik}, \qquad
#    \frac{\partial L}{\partial b_j} = \sum_i G_{ij}. $$
#
# These three sums are nearly all of the work in training any network, GANs included.


# %%
def linear_backward(x: Tensor, weight: Tensor, grad_out: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(grad_x, grad_weight, grad_bias) of x @ weight.T + bias, given the gradient of its result.

    `x` is (n, in), `weight` (out, in), `grad_out` (n, out), float64; n, in and out are at least 1.
    Each gradient has the shape of what it belongs to: (n, in), (out, in) and (out,). Changes no
    argument.
    """
    ### BEGIN SOLUTION
    return grad_out @ weight, grad_out.T @ x, grad_out.sum(0)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: let the shapes decide</summary>
#
# `grad_weight` is (out, in). Of `grad_out` (n, out) and `x` (n, in), with one of them transposed, which product has that
# shape?
#
# </details>
#
# <details><summary>Hint 2: a sum or a mean over the batch?</summary>
#
# A sum. If the loss is a mean, its 1/n is in `grad_out` already.
#
# </details>

# %%
layer_backward = check("01.linear_backward", linear_backward)

# %% [markdown]
# **See it.** A layer with one output for each digit, all weights 0, sees 1,797 small pictures of handwritten digits. It
# says 1/2 to everything, so `grad_out` is 1/2 minus the target. **Predict**: each row of `grad_weight` has 64 numbers,
# one for each pixel. What do minus these rows look like, drawn as pictures?

# %%
from sklearn.datasets import load_digits

digits = load_digits()
images = torch.tensor(digits.data) / 16  # (1797, 64), in [0, 1]
images = images - images.mean(0)
is_digit = torch.nn.functional.one_hot(torch.tensor(digits.target), 10).double()
_, grad_weight, _ = layer_backward(images, torch.zeros(10, 64).double(), 0.5 - is_digit)
figure = new_figure(7, 1.6)
for digit, axis in enumerate(figure.subplots(1, 10)):
    axis.imshow(-grad_weight[digit].reshape(8, 8), cmap="gray")
    axis.set_title(str(digit), fontsize=11)
    axis.axis("off")
show(figure, "The first step of each output, as a picture: bright pixels speak for the digit.")

# %% [markdown]
# The sum over the batch adds up the pictures, each with the sign of its error. So a layer's first step is a template of
# what it looks for.

# %% [markdown]
# ## 01.bce_logits_backward · difficulty 2 of 5 · 10 minutes · 2 points
#
# A discriminator puts out a score $s$ for each sample, and its loss is the mean binary cross-entropy
#
# $$ L = \frac1n \sum_i \Big( -t_i \log \sigma(s_i) - (1 - t_i) \log \big( 1 - \sigma(s_i) \big) \Big). $$
#
# Work out $\partial L / \partial s_i$ on paper. What remains is so simple that it cannot go wrong at any score.


# %%
def bce_logits_backward(logits: Tensor, targets: Tensor) -> Tensor:
    """The gradient of the mean binary cross-entropy with respect to the logits: a new tensor of
    their shape.

    `logits` are raw scores, any finite numbers, +-1000 too; `targets` lie in [0, 1], not only 0
    and 1. Both have one shape, any; a ValueError if the shapes differ. The mean is over all
    entries. Changes neither argument.
    """
    ### BEGIN SOLUTION
    if logits.shape != targets.shape:
        shapes = f"{tuple(logits.shape)} and {tuple(targets.shape)}"
        raise ValueError(f"the shapes are {shapes}: give one target for each logit")
    return (torch.sigmoid(logits) - targets) / logits.numel()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: the derivative</summary>
#
# $-\log(1 - \sigma(s)) = \operatorname{softplus}(s)$ and $-\log \sigma(s) = \operatorname{softplus}(s) - s$, so that one
# sample costs $\operatorname{softplus}(s) - t s$. The slope of softplus is $\sigma$.
#
# </details>
#
# <details><summary>Hint 2: mine is nan at 1000</summary>
#
# `torch.exp(1000)` is infinite, and infinity divided by infinity is nan. `torch.sigmoid` is right everywhere.
#
# </details>

# %%
bce_backward = check("01.bce_logits_backward", bce_logits_backward)

# %% [markdown]
# **See it.** The gradient at one score, for a sample that is real ($t = 1$), for one that is fake ($t = 0$), and for the
# target 0.9 that some GANs give to real samples. (All scores go in as one batch, so the result is taken times n.)
# **Predict**: where does the third curve cross zero?

# %%
scores = torch.linspace(-8, 8, 161, dtype=torch.float64)
slopes = {
    f"target {target:g}": len(scores) * bce_backward(scores, torch.full_like(scores, target))
    for target in (1.0, 0.0, 0.9)
}
crossing = scores[slopes["target 0.9"].abs().argmin()]
figure = new_figure(7, 2.8)
draw_lines(figure.subplots(), scores, slopes, "score", "gradient of the loss", {"0": 0.0})
show(
    figure,
    f"Sure and right: no push. Sure and wrong: full force. The target 0.9 is content at {crossing:.1f}.",
)

# %% [markdown]
# At $\sigma(s) = 0.9$, that is $s = \log 9 = 2.2$: beyond it, real samples are pushed *down*. This keeps a discriminator
# from being ever surer.

# %% [markdown]
# ## 01.unbroadcast · difficulty 3 of 5 · 20 minutes · 2 points
#
# Add a bias of shape (out,) to a table of shape (n, out), and PyTorch stretches it to n rows without a word. A number
# that was used n times gets n gradients, and they add up. In general: sum over every axis that broadcasting has put in
# front, and over every axis that it has stretched from size 1.


# %%
def unbroadcast(grad: Tensor, shape: tuple[int, ...]) -> Tensor:
    """`grad` summed back to `shape`, from which broadcasting had stretched.

    `grad` has any number of axes, float64; `shape` is a tuple that broadcasts to grad's shape, ()
    included. The result has exactly `shape`; it may be `grad` itself where nothing was stretched.
    Changes no argument.
    """
    ### BEGIN SOLUTION
    while grad.dim() > len(shape):
        grad = grad.sum(0)  # axes that broadcasting put in front
    for axis, size in enumerate(shape):
        if size == 1:
            grad = grad.sum(axis, keepdim=True)
    return grad
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: how shapes meet</summary>
#
# Broadcasting aligns two shapes at the right: (3,) meets the last axis of (4, 2, 3). Axes that are missing are added in
# front.
#
# </details>
#
# <details><summary>Hint 2: an axis of size 1</summary>
#
# `grad.sum(axis, keepdim=True)` leaves the axis where it is, with size 1. Without `keepdim` all later axes move.
#
# </details>

# %%
sum_back = check("01.unbroadcast", unbroadcast)

# %% [markdown]
# **See it.** A picture is a sum of a column of numbers, a row of numbers and one number, with noise. Gradient descent on
# the mean squared error finds the three. Each of them is stretched on the way forward, so each gradient needs your
# function on the way back.

# %%
generator = torch.Generator().manual_seed(0)
column, row, noise = (
    torch.randn(shape, generator=generator, dtype=torch.float64)
    for shape in ((24, 1), (36,), (24, 36))
)
picture = column + row + 0.5 + 0.7 * noise
parts = [torch.zeros(shape, dtype=torch.float64) for shape in ((24, 1), (36,), ())]
for _ in range(300):
    grad = 2 * (parts[0] + parts[1] + parts[2] - picture) / picture.numel()
    parts = [p - 0.8 * sum_back(grad, tuple(p.shape)) for p in parts]
found = parts[0] + parts[1] + parts[2]
figure = new_figure(7, 2.0)
shown = {"the picture": picture, "what was found": found, "what remains": picture - found}
for axis, (name, table) in zip(figure.subplots(1, 3), shown.items(), strict=True):
    axis.imshow(table, vmin=-4, vmax=5, cmap="gray")
    axis.set_title(name, fontsize=11, loc="left")
    axis.axis("off")
rest = (picture - found).std()
show(figure, f"Stripes found by descent. What remains has deviation {rest:.2f}; the noise has 0.7.")

# %% [markdown]
# ## 01.sgd_momentum_step · difficulty 2 of 5 · 10 minutes · 2 points
#
# Gradients say where to go, and momentum keeps going: steps that agree add up, steps that change sign cancel. With the
# gradient $g$, the momentum $m$ and the learning rate $\eta$,
#
# $$ v \leftarrow m\, v + g, \qquad p \leftarrow p - \eta\, v. $$
#
# Books write this in several ways. This is PyTorch's `SGD` with its defaults.


# %%
def sgd_momentum_step(
    params: list[Tensor],
    grads: list[Tensor],
    velocities: list[Tensor],
    lr: float,
    momentum: float,
) -> tuple[list[Tensor], list[Tensor]]:
    """(new params, new velocities) after one step: v = momentum v + g, then p = p - lr v.

    Three lists of equal length, at least 1; the tensors at one place have one shape, any. The two
    new lists hold new tensors, in the same order. Changes nothing in place: neither the lists nor
    the tensors in them.
    """
    ### BEGIN SOLUTION
    velocities = [momentum * v + g for v, g in zip(velocities, grads, strict=True)]
    return [p - lr * v for p, v in zip(params, velocities, strict=True)], velocities
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: which v?</summary>
#
# The parameters move with the new velocity. So make the new velocities first.
#
# </details>
#
# <details><summary>Hint 2: in place</summary>
#
# `v *= momentum` and `params[0] = ...` change what the caller gave you. `momentum * v` is a new tensor, and a list
# comprehension a new list.
#
# </details>

# %%
momentum_step = check("01.sgd_momentum_step", sgd_momentum_step)

# %% [markdown]
# **See it.** All that you wrote for tensors, at work: a network of 16 ReLU neurons tells two moons apart, with three
# values of momentum. **Predict** the order of the three.

# %%
from sklearn.datasets import make_moons

x, labels = make_moons(300, noise=0.15, random_state=0)
x, labels = torch.tensor(x), torch.tensor(labels, dtype=torch.float64)[:, None]


def losses_of_training(momentum, n_steps=300):
    generator = torch.Generator().manual_seed(0)
    shapes = (16, 2), (16,), (1, 16), (1,)
    params = [0.5 * torch.randn(s, generator=generator, dtype=torch.float64) for s in shapes]
    velocities, history = [torch.zeros_like(p) for p in params], []
    for _ in range(n_steps):
        w1, b1, w2, b2 = params
        hidden = (x @ w1.T + b1).relu()
        logits = hidden @ w2.T + b2
        history.append((torch.nn.functional.softplus(logits) - labels * logits).mean().item())
        grad_hidden, *grads_2 = layer_backward(hidden, w2, bce_backward(logits, labels))
        _, *grads_1 = layer_backward(x, w1, grad_hidden * (hidden > 0))
        params, velocities = momentum_step(params, grads_1 + grads_2, velocities, 0.2, momentum)
    return history


# %%
histories = {f"momentum {m:g}": losses_of_training(m) for m in (0.0, 0.5, 0.9)}
figure = new_figure(7, 2.8)
draw_lines(
    figure.subplots(), range(300), histories, "step", "loss in nats", {"a coin": math.log(2)}
)
ends = ", ".join(f"{name} {history[-1]:.3f}" for name, history in histories.items())
show(figure, f"The loss of three networks that start alike. After 300 steps: {ends}.")

# %% [markdown]
# A momentum of 0.9 makes each step ten times as long in the end, where gradients keep their direction. From the next
# lessons on, PyTorch does all of this for you.
