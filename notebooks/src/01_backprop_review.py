# ---
# jupyter:
#   coursekit:
#     title: How a network learns
#     budget: 60
#     data: none
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
# # 01 · How a network learns
#
# **You will build the machine that computes every gradient in this course, from one multiplication up to a network that
# learns, and then hand its work over to PyTorch and check that it does the same.**

# %% [markdown]
# ## What you will be able to do
#
# - **compute** what a neuron and a layer put out, and how wrong they are,
# - **derive** a gradient by the chain rule and check it in two independent ways,
# - **build** a tape that computes gradients by itself, and say why it adds where it could overwrite,
# - **train** a two-layer network with nothing but matrix products, with and without momentum,
# - **measure** where gradients vanish, and why the course keeps raw scores,
# - **translate** all of it into PyTorch, and say what `zero_grad`, `detach` and `no_grad` are for.

# %% [markdown]
# | | |
# |---|---|
# | **Prerequisites** | Python; the derivative of a function of one variable; the product of two matrices |
# | **Paper** | Rumelhart, Hinton and Williams, *Learning representations by back-propagating errors*, Nature 323, 1986: [doi:10.1038/323533a0](https://doi.org/10.1038/323533a0) |
# | **Cost** | 15 s on 2 CPU cores (profile `fast`); GPU: not measured; data: none |
# | **Previous** | [00 · Start here](00_start_here.ipynb) |
# | **Next** | [02 · Likelihood, and how to judge a generator](02_likelihood.ipynb) |
# | **Exercise** | [01 · exercises](../exercises/01_backprop_review.ipynb) |

# %%
import math
import random
import time

import torch
from torch import nn

from coursekit.device import setup

run = setup(seed=0)
torch.set_num_threads(1)  # more threads would only slow nets this small

# %% [markdown]
# ## 1. What does a neuron compute?
#
# Numbers $x_1, x_2, \dots$ go in, one number comes out. The neuron takes a weighted sum, adds a bias, and bends the result
# with a fixed function $f$:
#
# $$ y = f(w_1 x_1 + w_2 x_2 + \dots + b). $$
#
# The weights $w$ and the bias $b$ are what will be learned. A **layer** is several neurons that see the same input; its
# weights form a matrix $W$ with one row for each neuron, and for a batch of inputs, one in each row of $X$, the whole
# layer is $Y = f(X W^\top + b)$. A **network** feeds one layer into the next. Three common bends:
#
# $$ \operatorname{relu}(s) = \max(0, s), \qquad \sigma(s) = \frac{1}{1 + e^{-s}} \ \text{(sigmoid)}, \qquad
#    \tanh(s) = \frac{e^s - e^{-s}}{e^s + e^{-s}} = 2\,\sigma(2s) - 1. $$
#
# **Predict.** How steep can each of them get, and where is it flat?

# %%
from coursekit.plots.style import D_LINE, OTHER_LINES, label, new_figure, show, table

s = torch.linspace(-5, 5, 501, dtype=torch.float64)
sigmoid = torch.sigmoid(s)
bends = {  # name: the function and its slope
    "relu": (s.relu(), (s > 0).double()),
    "sigmoid": (sigmoid, sigmoid * (1 - sigmoid)),
    "tanh": (s.tanh(), 1 - s.tanh() ** 2),
}
figure = new_figure(7, 2.4)
panels = zip(figure.subplots(1, 2), ("f(s)", "slope f'(s)"), strict=True)
for which, (axis, name) in enumerate(panels):
    for style, (bend, curves) in zip((D_LINE, *OTHER_LINES), bends.items(), strict=False):
        axis.plot(s, curves[which], label=bend, **style)
    axis.set_ylim((-1.1, 2) if which == 0 else (-0.1, 1.6))
    label(axis, "s", name)
show(
    figure,
    "Figure 1. Left: three bends. Right: their slopes, which decide how much neurons learn.",
)
assert (sigmoid * (1 - sigmoid)).max() == 0.25 and bends["sigmoid"][1][0] < 0.01

# %% [markdown]
# **What we see.** The sigmoid is nowhere steeper than 1/4, and beyond $\pm 5$ sigmoid and tanh are nearly flat: a neuron that
# is very sure hardly reacts to anything. ReLU has slope 1 on half of the line and is perfectly flat on the other. Remember
# the 1/4: it costs a deep network its gradient in section 11.
#
# Why bend at all? Without $f$, two layers are $W_2 (W_1 x + b_1) + b_2 = (W_2 W_1)\, x + (W_2 b_1 + b_2)$: a single layer,
# however many you stack. With ReLU, three neurons and a weighted sum of them already make a hat:

# %% tags=["nbval-check-output"]
x = torch.linspace(-1, 3, 401, dtype=torch.float64)[:, None]  # 401 inputs of one number each
weight = torch.ones(3, 1, dtype=torch.float64)
bias = torch.tensor([0.0, -1.0, -2.0], dtype=torch.float64)
hidden = (x @ weight.T + bias).relu()  # (401, 3): three neurons
hat = hidden @ torch.tensor([1.0, -2.0, 1.0], dtype=torch.float64)
flat = (x @ weight.T + bias) @ torch.tensor([1.0, -2.0, 1.0], dtype=torch.float64)
print(f"with ReLU: {hat.max():.0f} at x = {x[hat.argmax(), 0]:.0f}, and 0 at both ends")
print(f"without: the slope is the same everywhere: {flat.diff().std() < 1e-12}")
assert abs(hat.max() - 1) < 1e-12 and hat[0] == hat[-1] == 0 and flat.diff().std() < 1e-12

# %%
figure = new_figure(6, 2.1)
axis = figure.subplots()
for line, factor, style in zip(hidden.T, (1, -2, 1), OTHER_LINES, strict=True):
    axis.plot(x[:, 0], factor * line, label=f"neuron, times {factor}", **style)
axis.plot(x[:, 0], hat, label="their sum", **D_LINE)
axis.set_ylim(-2.5, 4.5)
label(axis, "x", "output")
axis.legend(loc="upper left", ncols=2, frameon=False, fontsize=9)
show(figure, "Figure 2. Three ReLU neurons, each a line with one kink, add up to a hat.")

# %% [markdown]
# **What we see.** Each neuron adds one kink, and their sum can bend where a line cannot. Hats side by side, tall and short,
# draw any curve: what a network *can* represent is not the problem. Which weights to choose is.

# %% [markdown]
# ## 2. How wrong is it?
#
# Learning needs one number that says how wrong the outputs are, the **loss**. For outputs $y$ and targets $t$ the simplest
# is the **mean squared error**, $\frac1n \sum_i (y_i - t_i)^2$.


# %%
def mean_squared_error(outputs, targets):
    return ((outputs - targets) ** 2).mean()


# %% [markdown]
# **Predict.** Which is worse: to be off by 1 on each of four targets, or exact on three and off by 3 on one?

# %% tags=["nbval-check-output"]
targets = torch.tensor([1.0, 2.0, 3.0, 4.0])
a_little = mean_squared_error(targets + 1, targets)
once = mean_squared_error(targets + torch.tensor([0.0, 0.0, 0.0, 3.0]), targets)
print(f"off by 1 four times: {a_little:.2f}; off by 3 once: {once:.2f}")
assert a_little == nn.functional.mse_loss(targets + 1, targets) == 1 and once == 2.25

# %% [markdown]
# **What we see.** One error of 3 costs more than four errors of 1: squares punish extremes. Models of images pay for that
# with blur. Where two pictures are equally possible, the least wrong answer is their average, which is neither. That is one
# reason to use GANs at all.

# %% [markdown]
# ## 3. Which way is down?
#
# The smallest network there is: one tanh neuron with one input, and its squared error,
#
# $$ L = (\tanh(w x + b) - y)^2, \qquad w = 0.5,\ x = 2,\ b = -0.5,\ y = 1. $$
#
# Should $w$ grow or shrink to make $L$ smaller? The sign of the derivative $\partial L / \partial w$ answers, and its size says
# how much it matters. Give every step of the computation a name, and each step is so simple that its slope is known:
#
# $$ u = w x + b, \quad v = \tanh u, \quad e = v - y, \quad L = e^2; \qquad
#    \frac{\partial u}{\partial w} = x, \quad \frac{dv}{du} = 1 - v^2, \quad \frac{de}{dv} = 1, \quad \frac{dL}{de} = 2e. $$
#
# The **chain rule** says that slopes along a chain multiply:
#
# $$ \frac{\partial L}{\partial w} = \frac{dL}{de} \cdot \frac{de}{dv} \cdot \frac{dv}{du} \cdot \frac{\partial u}{\partial w}
#    = 2e \cdot 1 \cdot (1 - v^2) \cdot x. $$

# %% tags=["nbval-check-output"]
w, x, b, y = 0.5, 2.0, -0.5, 1.0
u = w * x + b
v = math.tanh(u)
e = v - y
by_hand = 2 * e * 1 * (1 - v**2) * x
print(f"u = {u}, v = {v:.4f}, e = {e:.4f}, L = {e**2:.4f}")
print(f"dL/dw = {2 * e:.4f} * 1 * {1 - v**2:.4f} * {x:.0f} = {by_hand:.4f}")

# %% [markdown]
# Negative: $L$ falls when $w$ grows. Is the number right? A check that uses no calculus: move $w$ by a tiny $h$ to both
# sides and see how much $L$ changes, the **finite difference** $\bigl(L(w + h) - L(w - h)\bigr) / 2h$.
#
# **Predict.** The smaller $h$, the better, down to $h = 10^{-13}$?


# %%
def loss_of(w):
    return (math.tanh(w * x + b) - y) ** 2


rows = []
for h in (1e-1, 1e-3, 1e-5, 1e-7, 1e-9, 1e-11, 1e-13):
    difference = (loss_of(w + h) - loss_of(w - h)) / (2 * h)
    rows.append([f"{h:.0e}", f"{difference:.10f}", f"{abs(difference - by_hand):.0e}"])
table(["h", "finite difference", "off from the formula by"], rows)
errors = [float(row[2]) for row in rows]
assert min(errors) < 1e-9 and errors[0] > 1e-4 and max(errors[-2:]) > 1e-7

# %% [markdown]
# **What we see.** The formula is right to nine digits. From row to row the error first falls by a factor of 10,000, as $h^2$
# does. But from $h = 10^{-7}$ on it *rises*: two nearly equal numbers are subtracted, and of their 16 digits only the last few
# differ. A good check, then, with a good $h$. As a way to train it is hopeless: two evaluations of the network for **each**
# weight, and an image generator has millions.

# %% [markdown]
# ## 4. A number that remembers
#
# The chain rule needs two things of each step: who its inputs were, and the slope with respect to each. Both are known
# at the moment the step is computed. So let every number carry them along. Two operations are enough to begin:
#
# $$ \frac{\partial (a + b)}{\partial a} = \frac{\partial (a + b)}{\partial b} = 1, \qquad
#    \frac{\partial (a b)}{\partial a} = b, \quad \frac{\partial (a b)}{\partial b} = a. $$


# %%
class Value:
    """A number that remembers its parents, and its slope with respect to each of them."""

    def __init__(self, data, parents=(), slopes=(), name=""):
        self.data, self.parents, self.slopes = float(data), parents, slopes
        self.name, self.grad = name, 0.0

    def __add__(self, other):
        other = as_value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0), "+")

    def __mul__(self, other):
        other = as_value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data), "×")


def as_value(number):
    return number if isinstance(number, Value) else Value(number)


# %% [markdown]
# Computing with such numbers leaves a trace, a **graph** of who came from whom. Here is the trace of $f = x \cdot x + x$ at
# $x = 3$; $x$ is used three times.

# %%
from coursekit.plots.graphs import graph

x = Value(3, name="x")
f = x * x + x
show(
    graph(f, pushed=(), width=6),
    "Figure 3. The trace of x·x + x, from left to right: a box for each number, and on each "
    "arrow the slope of the box it enters with respect to the one it leaves.",
)

# %% [markdown]
# Now backwards. Let `grad` of a node be $\partial f / \partial(\text{node})$. At the end it is 1: $f$ changes as much as $f$
# does. From there each node hands to each parent its own `grad` *times the slope* on the arrow, which is the chain rule.
# Where several arrows leave one box, the contributions *add up*, because a change in $x$ reaches $f$ along each of
# them.
#
# One condition: a node may hand on only when it has heard from everyone it feeds into. So we walk through the nodes in an
# order in which each comes after all its parents (a *topological order*), backwards.


# %%
class Value(Value):  # a class may extend its own former self: all of the above, and more
    def order(self):
        """Every node behind this one, and this one last: each after all of its parents."""
        done, nodes, todo = set(), [], [self]
        while todo:  # a stack of our own: recursion would stop at a depth of 1,000
            node = todo.pop()
            waiting = [parent for parent in node.parents if parent not in done]
            if node not in done and waiting:
                todo += [node, *waiting]  # the parents first, then this node again
            elif node not in done:
                done.add(node)
                nodes.append(node)
        return nodes


# %%
class Value(Value):
    def push(self):
        for parent, slope in zip(self.parents, self.slopes, strict=True):
            parent.grad += slope * self.grad

    def backward(self):
        nodes = self.order()
        for node in nodes:
            if node.parents:  # leaves keep what earlier passes left: section 13
                node.grad = 0.0
        self.grad += 1.0
        for node in reversed(nodes):
            node.push()


# %% [markdown]
# That is all of back-propagation: eight words of algebra ("times the slope, and add where paths meet") and an order.
#
# **Predict.** Which `grad` does $x$ get at $x = 3$, and which would it get if `push` said `=` where it says `+=`?

# %%
x = Value(3, name="x")
f = x * x + x
f.backward()
show(
    graph(f, width=6),
    "Figure 4. The same trace after the way back. Three arrows leave x; what comes back along "
    "them adds up to 3 + 3 + 1.",
)

# %% tags=["nbval-check-output"]
overwritten = {}
for node in reversed(f.order()):
    for parent, slope in zip(node.parents, node.slopes, strict=True):
        overwritten[parent] = slope * node.grad  # = where += belongs
print(f"+= gives {x.grad:.0f} (as 2x + 1 does), = gives {overwritten[x]:.0f}")
assert x.grad == 7 and overwritten[x] == 3

# %% [markdown]
# **What we see.** 7, and 3 with `=`: whichever path came last overwrites the others, and nothing warns you. A network uses
# each weight once for every sample of a batch, so there the mistake would throw away all samples but one.
#
# ## 5. The rest of the arithmetic
#
# Every further operation is one line of value and one line of slope, or a combination of what is there:
# $a - b = a + (-1)\, b$ and $a / b = a\, b^{-1}$. (`__radd__` and `__rmul__` are what Python calls for `2 + a` and `2 * a`.)


# %%
class Value(Value):
    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -as_value(other)

    def __pow__(self, n):  # n is a plain number
        return Value(self.data**n, (self,), (n * self.data ** (n - 1),), f"^{n}")

    def __truediv__(self, other):
        return self * as_value(other) ** -1

    __radd__, __rmul__ = Value.__add__, Value.__mul__


# %%
class Value(Value):
    def tanh(self):
        t = math.tanh(self.data)
        return Value(t, (self,), (1 - t**2,), "tanh")

    def relu(self):
        return Value(max(0.0, self.data), (self,), (float(self.data > 0),), "relu")

    def exp(self):
        e = math.exp(self.data)
        return Value(e, (self,), (e,), "exp")

    def log(self):
        return Value(math.log(self.data), (self,), (1 / self.data,), "log")


# %% [markdown]
# First the loss of section 3, whose gradient we know by hand.

# %% tags=["nbval-check-output"]
w, x, b, y = Value(0.5, name="w"), Value(2, name="x"), Value(-0.5, name="b"), Value(1, name="y")
L = ((w * x + b).tanh() - y) ** 2
L.backward()
print(f"the tape: {w.grad:.10f}, by hand: {by_hand:.10f}")
print("and:", ", ".join(f"dL/d{leaf.name} = {leaf.grad:.4f}" for leaf in (x, b, y)))
assert abs(w.grad - by_hand) < 1e-12

# %% [markdown]
# The way back gave **all** slopes at once, for about the price of one evaluation. That is the point: one walk, not two
# evaluations for each weight.
#
# But is every operation right, in every combination? PyTorch's autograd is an independent tape. We let 1,000 random expressions
# be computed by both, with the same Python code, and compare every gradient.

# %%
OPERATIONS = [
    lambda a, b: a + b,
    lambda a, b: 2 * a - b,
    lambda a, b: a.tanh() * b,
    lambda a, b: a / (b * b + 1),
    lambda a, b: (a.relu() + 1).log(),
    lambda a, b: (-(a**2)).exp(),
]


def random_expression(leaves, seed):
    """Ten random operations on random earlier results, each free to use a node again."""
    choice = random.Random(seed).choice
    nodes = list(leaves)
    for _ in range(10):
        nodes.append(choice(OPERATIONS)(choice(nodes), choice(nodes)))
    return sum(nodes)


# %% tags=["nbval-check-output"]
worst, n_nodes = 0.0, 0
for seed in range(1000):
    numbers = torch.randn(3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    ours = [Value(number) for number in numbers]
    theirs = [number.clone().requires_grad_() for number in numbers]
    result = random_expression(ours, seed)
    result.backward()
    random_expression(theirs, seed).backward()
    n_nodes += len(result.order())
    gaps = [abs(a.grad - b.grad.item()) for a, b in zip(ours, theirs, strict=True)]
    worst = max(worst, *gaps)
print(f"1000 expressions, {n_nodes / 1000:.0f} nodes on average; to 1e-6: {worst < 1e-6}")
assert worst < 1e-6

# %% [markdown]
# **What we see.** No difference beyond rounding. And deep graphs? Python gives up on recursion after 1,000 calls; a sum of
# 10,000 terms is a chain of 10,000 nodes.

# %% tags=["nbval-check-output"]
x = Value(1.5)
total = Value(0)
for _ in range(10_000):
    total = total + x
total.backward()
print(f"{len(total.order())} nodes, gradient {x.grad:.0f}")
assert x.grad == 10_000

# %% [markdown]
# ## 6. Walk back yourself
#
# The loss of section 3 again, with a slider for each leaf, and one that takes the way back node by node.
#
# 1. Move *backward step* from 0 to 6. Which gradients appear at which step, and which leaf has to wait longest?
# 2. Set $w = 3$, $x = 3$, $y = -1$: the neuron could hardly be more wrong. **Predict** the gradient of $w$, then look.
# 3. Back at the start, bring $L$ close to 0 with the slider of $y$ alone. What do all the gradients do, and why?

# %%
from coursekit.widgets.graph_explorer import GraphExplorer

show(
    GraphExplorer(step=4),
    "Figure 5. Run the cell to move the sliders. In orange the node that hands its gradient on. "
    "Your own expression: GraphExplorer(lambda a, b: (a * b + a).relu(), {'a': 1.0, 'b': 2.0}).",
)

# %% tags=["nbval-check-output"]
from coursekit.widgets.graph_explorer import compute, neuron_loss

rows = []
for w_and_x in (0.5, 1.0, 2.0, 3.0):
    leaves = {"w": w_and_x, "x": w_and_x, "b": -0.5, "y": -1.0}
    outcome = compute(neuron_loss, leaves, step=99)
    nodes = {node.name: node for node in outcome.root.order()}
    slope = 1 - nodes["tanh"].data ** 2
    shown = f"{nodes['tanh'].data:.5f}", f"{slope:.1e}", f"{nodes['w'].grad:.1e}"
    rows.append([w_and_x, *shown])
table(["w = x", "tanh", "its slope", "dL/dw (target -1)"], rows)
assert float(rows[-1][3]) < 1e-5 < 1 < float(rows[1][3])

# %% [markdown]
# **What we see.** At $w = x = 3$ the neuron says $+1$ where $-1$ is wanted: it could hardly be more wrong, and its gradient is
# almost 0. The tanh is **saturated**: flat where it stands. A neuron in this state is wrong, sure, and deaf.

# %% [markdown]
# ## 7. Down the slope
#
# The gradient of the loss points to where it grows fastest. So take a small step the other way, and again:
# **gradient descent**, $p \leftarrow p - \eta\, g$, with the **learning rate** $\eta$. Its trouble shows on the simplest
# landscape that is not round: the bowl $\tfrac12 (x^2 + \kappa\, y^2)$, $\kappa$ times steeper in one direction than in the
# other. The steep direction allows no rate above $2 / \kappa$ (beyond it, every step lands higher on the other side); at that rate the
# flat one crawls.
#
# **Momentum** gives the point a velocity, in which steps that agree add up and steps that change sign cancel:
#
# $$ v \leftarrow m\, v + g, \qquad p \leftarrow p - \eta\, v. $$


# %%
def sgd_momentum_step(params, grads, velocities, lr, momentum):
    """One step for lists of tensors: the new parameters and the new velocities."""
    velocities = [momentum * v + g for v, g in zip(velocities, grads, strict=True)]
    return [p - lr * v for p, v in zip(params, velocities, strict=True)], velocities


def walk(kappa, start, lr, momentum, n_steps):
    """The path of `n_steps` steps down the bowl, (n_steps + 1, 2)."""
    curvatures = torch.tensor([1.0, kappa], dtype=torch.float64)
    params, velocities, path = [start], [torch.zeros_like(start)], [start]
    for _ in range(n_steps):
        grads = [curvatures * params[0]]
        params, velocities = sgd_momentum_step(params, grads, velocities, lr, momentum)
        path.append(params[0])
    return torch.stack(path)


# %% [markdown]
# For the bowl the best settings are known (Polyak 1964): without momentum $\eta = 2 / (1 + \kappa)$; with it
# $\eta = 4 / (1 + \sqrt\kappa)^2$ and $m = \bigl((\sqrt\kappa - 1) / (\sqrt\kappa + 1)\bigr)^2$. Both at their best, then,
# on a bowl with $\kappa = 50$, 30 steps each.
#
# **Predict.** Which of the two swings wider across the valley? Which gets further along it?


# %%
def best_settings(kappa):
    """(lr, momentum) of the fastest plain descent and of the fastest descent with momentum."""
    root = math.sqrt(kappa)
    return (2 / (1 + kappa), 0.0), (4 / (1 + root) ** 2, ((root - 1) / (root + 1)) ** 2)


# %%
from coursekit.plots.descent import bowl

start = torch.tensor([-9.0, 1.2], dtype=torch.float64)
paths = {
    f"{name}: lr {lr:.3f}, momentum {momentum:.2f}": walk(50, start, lr, momentum, 30)
    for name, (lr, momentum) in zip(("plain", "momentum"), best_settings(50), strict=True)
}
show(
    bowl(paths, (1, 50), (10, 3.5)),
    "Figure 6. Thirty steps down an elongated bowl, from the square to the star. Above without "
    "momentum, below with it.",
)
ends = [path[-1].norm().item() for path in paths.values()]
print(f"distance left of {start.norm():.2f}: plain {ends[0]:.3f}, momentum {ends[1]:.3f}")
too_fast = walk(50, start, 2.02 / 50, 0.0, 500)[-1].norm().item()
print(f"plain, at 1 % above the limit of 2 / 50, after 500 steps: {too_fast:.0e}")
assert ends[1] < ends[0] / 20 and too_fast > 1e3

# %% [markdown]
# **What we see.** Plain descent bounces from wall to wall, at a rate just below what the steep direction stands (1 % above
# the limit it leaves the bowl altogether), while along the valley each step covers 4 % of what is left. Momentum swings even
# wider at first. But its steps along the valley all point one way, so they add up: after 30 steps it has arrived.
#
# How many steps until 999/1000 of the distance are gone? Theory says that plain descent needs a number proportional to
# $\kappa$, momentum one proportional to $\sqrt\kappa$. We count from three random starts. The last column is a trap: the
# popular $m = 0.9$, at the rate $1/\kappa$, on all three bowls.


# %%
def steps_needed(kappa, start, lr, momentum):
    distances = walk(kappa, start, lr, momentum, 4000).norm(dim=1) / start.norm()
    far = (distances > 1e-3).nonzero()
    return far[-1].item() + 1  # the first step after which it stays within 1/1000


# %% tags=["nbval-check-output"]
rows, counts = [], {}
for kappa in (10, 100, 1000):
    for seed in range(3):
        generator = torch.Generator().manual_seed(seed)
        start = torch.randn(2, generator=generator, dtype=torch.float64)
        settings = (*best_settings(kappa), (1 / kappa, 0.9))
        counts[kappa, seed] = [steps_needed(kappa, start, *setting) for setting in settings]
    three = zip(*(counts[kappa, seed] for seed in range(3)), strict=True)
    rows.append([kappa, *(" / ".join(map(str, column)) for column in three)])
table(["kappa", "plain, best rate", "momentum, best settings", "m = 0.9, rate 1/kappa"], rows)
for seed in range(3):
    plain, best, heavy = zip(*(counts[kappa, seed] for kappa in (10, 100, 1000)), strict=True)
    assert 8 < plain[1] / plain[0] < 12 and 8 < plain[2] / plain[1] < 12  # grows as kappa
    assert 3 < best[1] / best[0] < 4 and 3 < best[2] / best[1] < 4  # its root would give 3.16
    assert heavy[0] > 3 * plain[0]

# %% [markdown]
# **What we see.** Ten times the $\kappa$ costs plain descent ten times the steps, from every start, and momentum about 3.5
# times, a little more than $\sqrt{10} = 3.16$. On the longest bowl that is 190 steps for 3,454. The last column tells the other half:
# $m = 0.9$ is far too heavy for the roundest bowl, where it needs almost four times as many steps as plain descent. Momentum
# is not a free gift; it has to fit the landscape.

# %% [markdown]
# ## 8. The same in matrices
#
# The tape works, and it is slow: a Python object for each multiplication. So let us treat a whole layer as *one* node. For
# $Y = X W^\top + b$ with a batch of $n$ inputs, $Y_{ij} = \sum_k X_{ik} W_{jk} + b_j$. Given the gradient $G$ of the loss with
# respect to $Y$, follow the three ways in which $Y$ depends on its inputs, adding up wherever an entry is used more than once:
#
# $$ \frac{\partial L}{\partial X_{ik}} = \sum_j G_{ij} W_{jk}, \qquad
#    \frac{\partial L}{\partial W_{jk}} = \sum_i G_{ij} X_{ik}, \qquad
#    \frac{\partial L}{\partial b_j} = \sum_i G_{ij}. $$
#
# Three sums, two of them matrix products.
#
# **Predict.** $X$ is $(n, \text{in})$, $W$ is $(\text{out}, \text{in})$, $G$ is
# $(n, \text{out})$. A gradient has the shape of what it belongs to: which products of these shapes are possible?


# %%
def linear_backward(x, weight, grad_out):
    """The gradients of x, weight and bias, given that of x @ weight.T + bias."""
    return grad_out @ weight, grad_out.T @ x, grad_out.sum(0)


# %% [markdown]
# (Only one product fits each shape. If you ever forget the formula, the shapes will tell you.)
#
# Now a network of two layers twice, once with a `Value` for each number and once in matrices: 2 inputs, 16 hidden ReLU
# neurons, 1 output, mean squared error, 100 points. The backward pass in matrices is the forward pass read backwards, each line
# turned into its gradient.


# %%
def forward(x, params):
    w1, b1, w2, b2 = params
    hidden = (x @ w1.T + b1).relu()
    return hidden, hidden @ w2.T + b2


def backward(x, hidden, params, grad_out):
    """The gradients of the four parameters, given that of the network's output."""
    grad_hidden, grad_w2, grad_b2 = linear_backward(hidden, params[2], grad_out)
    _, grad_w1, grad_b1 = linear_backward(x, params[0], grad_hidden * (hidden > 0))
    return [grad_w1, grad_b1, grad_w2, grad_b2]


def start_params(seed, n_hidden=16):
    generator = torch.Generator().manual_seed(seed)
    w1, b1 = torch.randn(n_hidden, 3, generator=generator, dtype=torch.float64).split([2, 1], 1)
    w2 = torch.randn(1, n_hidden, generator=generator, dtype=torch.float64) / n_hidden**0.5
    return [w1, b1[:, 0], w2, torch.zeros(1, dtype=torch.float64)]


# %%
def tape_of_scalars(x, targets, params):
    """The same network and its mean squared error, with a Value for each number."""
    w1, b1, w2, b2 = params
    loss = Value(0)
    for point, target in zip(x, targets, strict=True):
        sums = [w[0] * point[0] + w[1] * point[1] + b for w, b in zip(w1, b1, strict=True)]
        output = sum(w * s.relu() for w, s in zip(w2[0], sums, strict=True)) + b2[0]
        loss = loss + (output - target) ** 2
    return loss / len(x)


def as_values(numbers):
    return [as_values(n) for n in numbers] if isinstance(numbers, list) else Value(numbers)


# %% [markdown]
# **Predict.** The same gradients from both? And how many times faster are the matrices?

# %%
points, goals = torch.randn(100, 3, dtype=torch.float64).split([2, 1], 1)
params = start_params(run.seed)

began = time.perf_counter()
scalars = [as_values(p.tolist()) for p in params]
loss = tape_of_scalars(points.tolist(), goals[:, 0].tolist(), scalars)
loss.backward()
tape_seconds = time.perf_counter() - began

began = time.perf_counter()
for _ in range(100):
    hidden, outputs = forward(points, params)
    grads = backward(points, hidden, params, 2 * (outputs - goals) / len(points))
matrix_seconds = (time.perf_counter() - began) / 100
print(f"tape: {len(loss.order())} nodes, {tape_seconds:.2f} s")
print(f"matrices: {1e6 * matrix_seconds:.0f} µs")
assert tape_seconds > 20 * matrix_seconds

# %% tags=["nbval-check-output"]
leaves = [p.clone().requires_grad_() for p in params]
mean_squared_error(forward(points, leaves)[1], goals).backward()
gap_autograd = max(
    (g - leaf.grad).abs().max().item() for g, leaf in zip(grads, leaves, strict=True)
)
tape_w1 = torch.tensor([[w.grad for w in row] for row in scalars[0]], dtype=torch.float64)
gap_tape = (tape_w1 - grads[0]).abs().max().item()
print(f"{sum(g.numel() for g in grads)} gradients, as autograd's to 1e-6: {gap_autograd < 1e-6}")
print(f"first layer, tape against matrices: within 1e-6: {gap_tape < 1e-6}")
assert gap_autograd < 1e-6 and gap_tape < 1e-6

# %% [markdown]
# **What we see.** The same numbers to rounding, hundreds of times faster. PyTorch's tape is this: a graph whose nodes are whole
# tensors, and for each operation a rule such as `linear_backward`.
#
# One rule hides in the formula for $b$. The bias has shape (out,) and is added to $n$ rows: *broadcasting* stretches it. A number
# that is used $n$ times gets $n$ gradients, and they add up, as for $x$ in section 4. In general: sum over every axis
# that broadcasting has added or stretched.


# %%
def unbroadcast(grad, shape):
    """`grad` summed back to `shape`, from which broadcasting had stretched."""
    while grad.dim() > len(shape):
        grad = grad.sum(0)  # axes that broadcasting put in front
    for axis, size in enumerate(shape):
        if size == 1:
            grad = grad.sum(axis, keepdim=True)
    return grad


# %% tags=["nbval-check-output"]
grad_out = torch.randn(4, 2, 3, dtype=torch.float64)
for shape in [(3,), (2, 3), (4, 1, 3), (2, 1), (1, 1, 1), ()]:
    small = torch.randn(shape, dtype=torch.float64, requires_grad=True)
    (small.expand(4, 2, 3) * grad_out).sum().backward()
    ours = unbroadcast(grad_out, shape)
    print(f"(4, 2, 3) back to {shape}: equal to autograd's: {torch.allclose(ours, small.grad)}")
    assert ours.shape == small.shape and (ours - small.grad).abs().max() < 1e-12

# %% [markdown]
# ## 9. Scores, and a loss for yes or no
#
# A discriminator answers a yes-or-no question, and so shall our network. Its output is a **score** $s$, any real number, and
# $p = \sigma(s)$ is the probability it gives to *yes*. With the target $t$ (1 for yes, 0 for no), the **binary cross
# entropy** is minus the logarithm of the probability given to the right answer:
#
# $$ L = -t \log p - (1 - t) \log (1 - p) = \operatorname{softplus}(s) - t\,s, \qquad
#    \operatorname{softplus}(s) = \log(1 + e^s). $$
#
# The second form follows from $-\log(1 - \sigma(s)) = \operatorname{softplus}(s)$ and
# $-\log \sigma(s) = \operatorname{softplus}(s) - s$. The slope of softplus is the sigmoid, so the gradient could
# not be simpler: **probability minus target**, $\partial L / \partial s = \sigma(s) - t$, and $1/n$ of it for the mean over
# $n$ scores.


# %%
from torch.nn.functional import softplus


def bce_logits(logits, targets):
    return (softplus(logits) - targets * logits).mean()


def bce_logits_backward(logits, targets):
    return (torch.sigmoid(logits) - targets) / logits.numel()


# %% tags=["nbval-check-output"]
generator = torch.Generator().manual_seed(run.seed)
logits = (5 * torch.randn(64, 1, generator=generator, dtype=torch.float64)).requires_grad_()
targets = torch.randint(2, (64, 1), generator=generator).double()
theirs = nn.functional.binary_cross_entropy_with_logits(logits, targets)
theirs.backward()
same = torch.allclose(bce_logits(logits, targets), theirs)
gap = (bce_logits_backward(logits.detach(), targets) - logits.grad).abs().max().item()
print(f"loss as PyTorch's: {same}, gradient within 1e-6: {gap < 1e-6}")
assert same and gap < 1e-6

# %% [markdown]
# Why not the squared error of the probability, $(\sigma(s) - t)^2$? And why not compute $\sigma(s)$ first and take
# logarithms after? Two questions, one figure and one table. The right answer is *yes*, $t = 1$.
#
# **Predict.** At the score $-6$ the network is sure of the wrong answer. Which loss corrects it harder?

# %%
s = torch.linspace(-8, 4, 241, dtype=torch.float64)
p = torch.sigmoid(s)
figure = new_figure(7, 2.4)
for axis, squared, entropy, name in zip(
    figure.subplots(1, 2),
    ((p - 1) ** 2, 2 * (p - 1) * p * (1 - p)),
    (softplus(s) - s, p - 1),
    ("loss", "slope of the loss"),
    strict=True,
):
    axis.plot(s, entropy, label="cross entropy", **D_LINE)
    axis.plot(s, squared, label="squared error", **OTHER_LINES[0])
    label(axis, "score (the answer is yes)", name)
show(
    figure,
    "Figure 7. Two losses for one score. Left: how bad. Right: how hard each pushes it up.",
)
push = {
    name: slope[s.sub(-6).abs().argmin()].item()
    for name, slope in (("bce", p - 1), ("mse", 2 * (p - 1) ** 2 * -p))
}
print(f"push at the score -6: cross entropy {push['bce']:.3f}, squared error {push['mse']:.4f}")
assert push["bce"] < -0.99 and push["mse"] > -0.01

# %% [markdown]
# **What we see.** The cross entropy pushes with almost full force where the answer is most wrong. The squared error has a
# flat shelf there: its slope holds the factor $\sigma(1 - \sigma)$, and the surer the network, the smaller it is. Wrong,
# sure and deaf, as in section 6.
#
# Now the order of computing. Both formulas are equal on paper; here they are at extreme scores, in float32 as networks
# use it.


# %%
def naive_bce(logits, targets):
    p = torch.sigmoid(logits)
    return (-targets * p.log() - (1 - targets) * (1 - p).log()).mean()


# %%
rows = []
for score, target in (
    (10.0, 0.0),
    (20.0, 0.0),
    (100.0, 0.0),
    (100.0, 1.0),
    (-100.0, 0.0),
    (-100.0, 1.0),
):
    results = []
    for loss in (naive_bce, bce_logits):
        logit = torch.tensor([score], requires_grad=True)
        value = loss(logit, torch.tensor([target]))
        value.backward()
        results += [f"{value.item():.4f}", f"{logit.grad.item():.4f}"]
    rows.append([f"{score:.0f}", f"{target:.0f}", *results])
table(["score", "target", "sigmoid, log: loss", "gradient", "softplus: loss", "gradient"], rows)
assert torch.sigmoid(torch.tensor(17.0)) == 1 > torch.sigmoid(torch.tensor(16.0))  # in float32
finite = [all(math.isfinite(float(text)) for text in row[4:]) for row in rows]
assert all(finite) and rows[2][2] == "inf" and rows[3][2] == "nan"

# %% [markdown]
# **What we see.** Already at a score of 20, $\sigma$ has rounded to 1, and the logarithm of $1 - 1$ makes the loss infinite. At
# $\pm 100$ it is worse: even where the network is *right* the result is `nan`, from $0 \cdot \log 0$; and every gradient
# is `nan`, which one step later has reached every weight. With softplus the loss of a wrong answer is what it
# should be, 100, with a slope of $\pm 1$ that leads out. This is why networks in this course put out scores, and why no sigmoid
# stands at the end of $D$. (At $-100$, $\sigma$ lies below the smallest normal float32. This processor rounds it to 0; on one
# that does not, the rows of $-100$ are better.)

# %% [markdown]
# ## 10. A network that learns
#
# All parts are there. The task: two moons, 300 points in two classes that no straight line separates; 2,000 fresh points
# for the test.
#
# **Predict.** What share of the fresh points will the best straight line get right?

# %%
from sklearn.datasets import make_moons


def moons(n, seed):
    """n points (n, 2) around the origin and their classes 0 or 1, (n, 1)."""
    x, labels = make_moons(n, noise=0.15, random_state=seed)
    return torch.tensor(x - [0.5, 0.25]), torch.tensor(labels, dtype=torch.float64)[:, None]


def accuracy(scores, labels):
    return ((scores > 0) == (labels > 0.5)).double().mean().item()


# %%
def train(seed, n_steps=500, lr=0.2, momentum=0.9, watch=lambda n, params: None):
    """The parameters after descending the cross entropy on 300 points, all in each step."""
    x, labels = moons(300, seed)
    params = start_params(seed)
    velocities = [torch.zeros_like(p) for p in params]
    for n in range(n_steps):
        watch(n, params)
        hidden, scores = forward(x, params)
        grads = backward(x, hidden, params, bce_logits_backward(scores, labels))
        params, velocities = sgd_momentum_step(params, grads, velocities, lr, momentum)
    watch(n_steps, params)
    return params


# %% [markdown]
# Not a line of it that you have not seen. Beside it learns a **line**, a network without a hidden layer. We watch both.

# %%
from coursekit.plots.animate import show_animation
from coursekit.plots.descent import decision_maps

axis = torch.linspace(-2, 2, 60, dtype=torch.float64)
plane = torch.cartesian_prod(axis, axis).flip(1)  # rows of the map from low to high y
x, labels = moons(300, run.seed)
line_weight, line_bias = torch.zeros(1, 2).double(), torch.zeros(1).double()
moments = (0, 5, 10, 20, 30, 50, 500)
film = []


# %%
def watch(n, params):
    if n in moments:
        scores = {
            "a line": plane @ line_weight.T + line_bias,
            "16 hidden neurons": forward(plane, params)[1],
        }
        maps = {name: torch.sigmoid(s).reshape(60, 60).numpy() for name, s in scores.items()}
        film.append(decision_maps(maps, x[:150], labels[:150], title=f"step {n}", width=4.6))
    grads = linear_backward(
        x, line_weight, bce_logits_backward(x @ line_weight.T + line_bias, labels)
    )
    line_weight.sub_(0.5 * grads[1])
    line_bias.sub_(0.5 * grads[2])


# %% [markdown]
# **Predict.** How many steps until the border lies between the moons?

# %%
networks = [train(run.seed, watch=watch)]
show_animation(
    film,
    "Figure 8 (animation). Background: blue where the network says class 1, orange where it "
    "says class 0; the black line is where it cannot tell.",
    seconds=0.4,
)

# %% [markdown]
# **What we see.** The line can only turn. The network lays its border into the gap between the moons within 50 steps, in
# straight pieces that meet at the kinks of its ReLUs, and later only grows surer. What counts is its success on fresh points,
# and on three seeds.

# %%
networks += [train(run.seed + 1), train(run.seed + 2)]
rows = []
for seed, params in enumerate(networks, run.seed):
    fresh, fresh_labels = moons(2000, seed + 100)
    by_line = accuracy(fresh @ line_weight.T + line_bias, fresh_labels)
    by_net = accuracy(forward(fresh, params)[1], fresh_labels)
    rows.append([seed, f"{by_line:.1%}", f"{by_net:.1%}"])
    assert by_net > 0.97 and by_line < 0.9
table(
    ["seed", "the line", "16 hidden neurons"], rows, "Accuracy on fresh points; one line for all."
)

# %% [markdown]
# **What we see.** The line stops at 87 %, the network at 98.6 %, on every seed. Some of the rest cannot be had: the noise
# carries a few points of one moon over to the other. Sixteen kinks and 65 numbers were enough, and two
# rules of one line each, with the mask of the ReLU, computed every gradient.

# %% [markdown]
# ## 11. Where do gradients vanish?
#
# On the way back through a layer the gradient is multiplied by the weights and by the slope of the bend. With many layers these
# factors multiply up. Take 20 layers of 64 neurons with random weights of variance $g / 64$ and a random gradient at the end. How much
# of it is left at the first layer?
#
# A sum of 64 inputs times weights of variance $1/64$ is about as large as one input. So, for $g = 1$, what counts is the slope of the bend: at
# most 1/4 for the sigmoid; for ReLU 1 for half of the neurons and 0 for the others, so half of the variance is lost, a factor
# $\sqrt{1/2} \approx 0.71$. Twice the variance, $g = 2$, gives ReLU its half back (He et al. 2015). By the same
# reasoning $g = 16$ should save the sigmoid: $\sqrt{16} \cdot \tfrac14 = 1$.
#
# **Predict.** After 20 layers of sigmoid with $g = 1$: a tenth? A thousandth? Less? And does $g = 16$ help?


# %%
def gradient_sizes(bend, slope, gain, seed, n_layers=20, width=64):
    """The size of the gradient at each layer, first to last; slope(y) is that of y = bend(s)."""
    generator = torch.Generator().manual_seed(seed)
    outputs = [torch.randn(64, width, generator=generator, dtype=torch.float64)]
    weights = torch.randn(n_layers, width, width, generator=generator, dtype=torch.float64)
    weights *= math.sqrt(gain / width)
    for weight in weights:
        outputs.append(bend(outputs[-1] @ weight.T))
    grad = torch.randn(64, width, generator=generator, dtype=torch.float64)
    sizes = []
    for weight, x, y in zip(weights.flip(0), outputs[-2::-1], outputs[:0:-1], strict=True):
        sizes.append(grad.norm().item())
        grad, _, _ = linear_backward(x, weight, grad * slope(y))
    return sizes[::-1]


# %% [markdown]
# The slopes are written with the output $y$, which the forward pass has left: $\sigma' = y (1 - y)$.

# %%
sigmoid_rule = (torch.sigmoid, lambda y: y * (1 - y))
relu_rule = (torch.relu, lambda y: (y > 0).double())
arms = {
    "sigmoid, g = 1": (*sigmoid_rule, 1),
    "sigmoid, g = 16": (*sigmoid_rule, 16),
    "ReLU, g = 1": (*relu_rule, 1),
    "ReLU, g = 2": (*relu_rule, 2),
}
figure = new_figure(6.5, 2.6)
axis = figure.subplots()
factors = {}
for (name, arm), style in zip(arms.items(), (*OTHER_LINES, D_LINE), strict=True):
    sizes = [gradient_sizes(*arm, seed) for seed in range(3)]
    factors[name] = [(one[0] / one[-1]) ** (1 / 19) for one in sizes]
    axis.semilogy(range(1, 21), [size / sizes[0][-1] for size in sizes[0]], label=name, **style)
axis.set_xticks([1, 5, 10, 15, 20])
label(axis, "layer (the loss is on the right)", "size, last layer = 1")
show(
    figure,
    "Figure 9. How much of the gradient is left at each layer of 20, on a logarithmic scale.",
)

# %% tags=["nbval-check-output"]
expected = dict(zip(arms, ("at most 0.25", "at most 1", "0.71", "1"), strict=True))
rows = []
for name, three in factors.items():
    rows.append([name, expected[name], " / ".join(f"{factor:.2f}" for factor in three)])
table(["network", "expected factor per layer", "measured, three seeds"], rows)
for name, middle in zip(arms, (0.23, 0.62, 0.71, 1.0), strict=True):
    assert max(abs(factor - middle) for factor in factors[name]) < 0.05

# %% [markdown]
# **What we see.** The sigmoid keeps a millionth of a millionth: its first layers are told nothing. Larger weights help, but far
# less than hoped for: they also drive the neurons to the flat ends, where the slope is not 1/4. ReLU does as computed, and with
# $g = 2$ the first layer hears the last one at full strength. In a GAN the way is long by construction: the generator's gradient comes
# through all layers of the discriminator before it meets the first of its own.

# %% [markdown]
# ## 12. The same in PyTorch
#
# From here on PyTorch keeps the tape. Each thing that you have built has its name there:
#
# | here | in PyTorch |
# |---|---|
# | `Value(3.0)`, a leaf to be learned | `torch.tensor(3.0, requires_grad=True)`, with any shape |
# | `parents` and `slopes` of a node | `tensor.grad_fn`, a rule such as our `linear_backward` |
# | `L.backward()`, then `x.grad` | the same words |
# | `start_params`, `forward` | an `nn.Module`: it owns its parameters and has a `forward` |
# | `sgd_momentum_step` | `torch.optim.SGD(net.parameters(), lr, momentum)`, which changes them in place |
# | `bce_logits` | `nn.functional.binary_cross_entropy_with_logits` |
#
# The tape first, on the expression of section 3.

# %% tags=["nbval-check-output"]
w = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
x, b, y = (torch.tensor(number).double() for number in (2.0, -0.5, 1.0))  # leaves, not learned
L = ((w * x + b).tanh() - y) ** 2
L.backward()
print(f"{type(L.grad_fn).__name__}: dL/dw = {w.grad.item():.10f}, by hand {by_hand:.10f}")
assert abs(w.grad.item() - by_hand) < 1e-12 and x.grad is None


# %% [markdown]
# A module lists its layers in `__init__` and connects them in `forward`; calling it, `net(x)`, runs `forward`. `nn.Linear`
# keeps its weight as (out, in), as we did.


# %%
class TwoLayers(nn.Module):
    def __init__(self, n_hidden=16):
        super().__init__()
        self.first = nn.Linear(2, n_hidden)
        self.second = nn.Linear(n_hidden, 1)

    def forward(self, x):
        return self.second(self.first(x).relu())


net = TwoLayers()
print(net)
print({name: tuple(p.shape) for name, p in net.named_parameters()})

# %% [markdown]
# And the training loop. These five lines are the pattern of every lesson to come: **forward, loss, clear, backward, step**.
# For a fair comparison the network starts from the very weights that ours started from in section 10 and sees the
# same points.
#
# **Predict.** After 500 steps, how far are its weights from ours?


# %%
def train_in_pytorch(seed, n_steps=500):
    x, labels = moons(300, seed)
    net = TwoLayers().double()  # float64, as our own; the default is float32
    with torch.no_grad():  # section 13 says why
        for p, ours in zip(net.parameters(), start_params(seed), strict=True):
            p.copy_(ours)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.2, momentum=0.9)
    for _ in range(n_steps):
        scores = net(x)
        loss = nn.functional.binary_cross_entropy_with_logits(scores, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return net


# %% tags=["nbval-check-output"]
for seed, ours in enumerate(networks, run.seed):
    net = train_in_pytorch(seed)
    gap = max((p - q).abs().max().item() for p, q in zip(net.parameters(), ours, strict=True))
    print(f"seed {seed}: all weights after 500 steps within 1e-6 of ours: {gap < 1e-6}")
    assert gap < 1e-6

# %% [markdown]
# **What we see.** The same network, weight by weight. PyTorch does nothing that you have not done in this notebook. It
# does it faster, for hundreds of operations, and on a GPU.
#
# Lesson 00 called `fit(step, batches, n_steps)`: that is this loop with a progress bar and a stop button, where `step` holds
# the five lines. Other optimisers take other steps with the same gradients. *Adam*, which most GANs use, has momentum and
# divides each weight's step by the usual size of its gradient.

# %% [markdown]
# ## 13. Three switches of the tape
#
# **`zero_grad`.** As in our `Value`, `backward` *adds* to the `grad` of a leaf. This is useful (two losses may share
# weights), and it means that gradients of earlier steps stay until someone clears them.
#
# **Predict.** Train the network of section 10 again without the line `optimizer.zero_grad()`. Does it still learn?


# %%
def final_loss(seed, clear):
    x, labels = moons(300, seed)
    torch.manual_seed(seed)
    net = TwoLayers().double()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.2, momentum=0.9)
    for _ in range(500):
        loss = nn.functional.binary_cross_entropy_with_logits(net(x), labels)
        if clear:
            optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


# %%
rows = []
for seed in range(3):
    rows.append([seed, f"{final_loss(seed, True):.3g}", f"{final_loss(seed, False):.3g}"])
table(
    ["seed", "loss with zero_grad", "loss without"],
    rows,
    "After 500 steps; knowing nothing costs log 2 = 0.69.",
)
assert all(float(with_clear) < 0.1 and float(without) > 0.69 for _, with_clear, without in rows)

# %% [markdown]
# **What we see.** No. Each step follows the sum of all gradients since the beginning, most of them from places long left, and the loss
# ends far above that of a coin. No error was raised.
#
# **`detach`** gives the same number without its past: a leaf. What lies behind it gets no gradient. The smallest GAN is two
# weights: the forger $w$ makes $w z$ from noise $z$, the detective $v$ gives it the score $v\,w z$.
#
# **Predict.** Which of the two weights gets a gradient from the score, with `detach` and without?

# %% tags=["nbval-check-output"]
for cut in (False, True):
    w, v = (torch.tensor(number, requires_grad=True) for number in (2.0, 3.0))
    z = torch.tensor(0.5)
    fake = w * z
    score = v * (fake.detach() if cut else fake)
    score.backward()
    name = "with detach" if cut else "without detach"
    print(f"{name}: score {score.item()}, gradients: detective {v.grad}, forger {w.grad}")
assert w.grad is None and v.grad == w.detach() * z

# %% [markdown]
# **What we see.** The score is the same and the detective learns the same; but with `detach` the forger hears
# nothing. When it is the detective's turn that is what we want. When it is the forger's turn it would be the end of all
# learning. Lesson 04 tries all combinations.
#
# **`no_grad`** stops the recording altogether, for whatever is not training: measuring, drawing, changing weights by
# hand.

# %%
w = torch.tensor([1.0, 2.0], requires_grad=True)
(w**2).sum().backward()
try:
    w -= 0.1 * w.grad
except RuntimeError as error:
    print(f"outside no_grad: {error}")
with torch.no_grad():
    w -= 0.1 * w.grad
    silent = w * 2
print(f"inside: w = {w.tolist()}, and 2w remembers its past: {silent.requires_grad}")
assert not silent.requires_grad and torch.allclose(w, torch.tensor([0.8, 1.6]))

# %% [markdown]
# **What we see.** To change a weight *on* the tape would falsify the record of how the loss came about, so PyTorch refuses.
# Inside `no_grad` it is an ordinary number. (An optimiser's `step` does this for you.)

# %% [markdown]
# ## Summary
#
# - A network is sums and bends; a loss is one number; its gradient says how each weight should move.
# - Back-propagation: each node hands its gradient times the slope to its parents, and where paths meet, gradients add.
#   One walk gives all of them. Ours agreed with autograd's to 1e-6 on 1,000 random expressions and in matrices.
# - Momentum needs a number of steps proportional to $\sqrt\kappa$ where plain descent needs one proportional to $\kappa$.
# - Flat bends and flat losses stop learning where it is needed most. Scores with softplus, ReLU and a fitting start keep the
#   slope alive.
# - PyTorch is the same machine: forward, loss, `zero_grad`, `backward`, `step`.

# %% [markdown]
# ## Common mistakes
#
# - **`=` for `+=` on the way back.** A node that is used twice loses a path, and nothing warns you (section 4).
# - **No `zero_grad`.** Each step then follows the sum of all gradients so far.
# - **`log(sigmoid(s))`.** From a score of 17 on, float32 cannot tell $\sigma(s)$ from 1. Use the losses that take logits, and do not
#   put a sigmoid before them: they have their own.
# - **(N, 1) against (N,).** `outputs - targets` then broadcasts to (N, N), and the mean is over all pairs. No error is
#   raised for the squared error; compare shapes.
# - **The sum where the mean was meant.** The gradient is $n$ times larger, which is a learning rate $n$ times too high.
# - **`detach` in the wrong place.** Whatever is behind it stops learning, silently.

# %% [markdown]
# ## Questions
#
# 1. In the explorer, $x$ and $y$ get gradients too, though nobody trains them. What are they good for?
#
# <details><summary>Answer</summary>
#
# They say how the loss reacts to the *data*. A GAN lives on that: the gradient of the detective's score with respect
# to a fake sample tells the forger how to change it (and continues into the forger's weights).
# </details>
#
# 2. Start all weights and biases of the network of section 10 at 0. What happens in 500 steps, and why?
#
# <details><summary>Answer</summary>
#
# The hidden neurons put out 0, and the gradient of the first layer is the output's gradient times $W_2 = 0$; that of $W_2$ is the
# gradient times the hidden outputs, 0 too. Only the last bias moves. With equal weights that are not 0, all hidden neurons get the same
# gradient and remain copies of each other. Random starts break the tie.
# </details>
#
# 3. Momentum at $m = 0.9$ lost to plain descent on one of the three bowls. When is momentum a bad idea, then?
#
# <details><summary>Answer</summary>
#
# When there is nothing to average: on a nearly round bowl plain descent goes straight to the goal, and a heavy ball rolls past it
# and back. The right $m$ grows with $\kappa$. In a game of two players it is worse: the slope itself turns round as the other one
# moves, and velocity from the past points to where the opponent was. GANs often use a smaller one, 0.5 or 0.
# </details>

# %% [markdown]
# ## Further reading
#
# - Rumelhart, Hinton and Williams, [*Learning representations by back-propagating errors*](https://doi.org/10.1038/323533a0), 1986: four
#   pages.
# - Baydin et al., [*Automatic differentiation in machine learning: a survey*](https://arxiv.org/abs/1502.05767), 2018: what a tape is,
#   what it is not, and the way forward (literally).
# - Polyak, [*Some methods of speeding up the convergence of iteration methods*](https://doi.org/10.1016/0041-5553(64)90137-5), 1964: momentum.
# - Goh, [*Why momentum really works*](https://distill.pub/2017/momentum/), 2017: section 7 with sliders.
# - He et al., [*Delving deep into rectifiers*](https://arxiv.org/abs/1502.01852), 2015: the start that keeps ReLU networks alive.
# - Karpathy, [*micrograd*](https://github.com/karpathy/micrograd): another tape of scalars, in a hundred lines.
