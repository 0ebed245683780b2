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
# learns, and then hand its work over to PyTorch and see that not a digit changes.**

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
# | **Cost** | MEASURED s on 2 CPU cores (profile `fast`); GPU: not measured; data: none |
# | **Previous** | [00 · Start here](00_start_here.ipynb) |

# %%
import math
import random
import time

import torch
from torch import nn

from coursekit.device import setup

run = setup(seed=0)
torch.set_num_threads(1)  # nets this small lose more time in handing work between threads than they gain

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
figure = new_figure(8, 2.8)
for axis, which, name in zip(figure.subplots(1, 2), (0, 1), ("f(s)", "slope f'(s)"), strict=True):
    for style, (bend, curves) in zip((D_LINE, *OTHER_LINES), bends.items(), strict=False):
        axis.plot(s, curves[which], label=bend, **style)
    axis.set_ylim(-1.1, 2)
    label(axis, "s", name)
show(figure, "Figure 1. Left: three bends. Right: their slopes, which decide how much a neuron can learn.")
assert (sigmoid * (1 - sigmoid)).max() == 0.25 and bends["sigmoid"][1][0] < 0.01

# %% [markdown]
# **What we see.** The sigmoid is nowhere steeper than 1/4, and beyond $\pm 5$ sigmoid and tanh are nearly flat: a neuron that
# is very sure hardly reacts to anything. ReLU has slope 1 on half of the line and is perfectly flat on the other. Remember
# the 1/4: it costs a deep network its gradient in section 11.
#
# Why bend at all? Without $f$, two layers are $W_2 (W_1 x + b_1) + b_2 = (W_2 W_1)\, x + (W_2 b_1 + b_2)$: a single layer,
# however many you stack. With ReLU, three neurons and a weighted sum of them already make a hat:

# %%
# NBVAL_CHECK_OUTPUT
x = torch.linspace(-1, 3, 401, dtype=torch.float64)[:, None]  # 401 inputs of one number each
weight = torch.ones(3, 1, dtype=torch.float64)
bias = torch.tensor([0.0, -1.0, -2.0], dtype=torch.float64)
hidden = (x @ weight.T + bias).relu()  # (401, 3): three neurons
hat = hidden @ torch.tensor([1.0, -2.0, 1.0], dtype=torch.float64)
flat = (x @ weight.T + bias) @ torch.tensor([1.0, -2.0, 1.0], dtype=torch.float64)
print(f"with ReLU: highest point {hat.max():.0f} at x = {x[hat.argmax(), 0]:.0f}, 0 at both ends")
print(f"without: the slope is the same everywhere: {flat.diff().std() < 1e-12}")
assert abs(hat.max() - 1) < 1e-12 and hat[0] == hat[-1] == 0 and flat.diff().std() < 1e-12

# %%
figure = new_figure(7, 2.4)
axis = figure.subplots()
for line, factor, style in zip(hidden.T, (1, -2, 1), OTHER_LINES, strict=True):
    axis.plot(x[:, 0], factor * line, label=f"neuron, times {factor}", **style)
axis.plot(x[:, 0], hat, label="their sum", **D_LINE)
axis.set_ylim(-2.5, 2.5)
label(axis, "x", "output")
show(figure, "Figure 2. Three ReLU neurons, each a straight line with one kink, add up to a hat.")

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

# %%
# NBVAL_CHECK_OUTPUT
targets = torch.tensor([1.0, 2.0, 3.0, 4.0])
a_little = mean_squared_error(targets + 1, targets)
once = mean_squared_error(targets + torch.tensor([0.0, 0.0, 0.0, 3.0]), targets)
print(f"off by 1 four times: {a_little:.2f}; off by 3 once: {once:.2f}")
assert a_little == 1 and once == 2.25 and once == nn.functional.mse_loss(targets + 3, targets) / 4

# %% [markdown]
# **What we see.** One large error costs more than many small ones of the same size in sum: squares punish extremes.
# Image models pay for that with blur: where two answers are possible, their average is the least wrong one.
# (That is a reason to use GANs at all, and lesson 16 measures it.)

# %% [markdown]
# ## 3. Which way is down?
#
# The smallest network there is: one tanh neuron with one input, and its squared error,
#
# $$ L = (\tanh(w x + b) - y)^2, \qquad w = 0.5,\ x = 2,\ b = -0.5,\ y = 1. $$
#
# Should $w$ grow or shrink to make $L$ smaller? Its sign and urgency are the derivative $\partial L / \partial w$.
# Give every step of the computation a name, and each step is so simple that its slope is known:
#
# $$ u = w x + b, \quad v = \tanh u, \quad e = v - y, \quad L = e^2; \qquad
#    \frac{\partial u}{\partial w} = x, \quad \frac{dv}{du} = 1 - v^2, \quad \frac{de}{dv} = 1, \quad \frac{dL}{de} = 2e. $$
#
# The **chain rule** says that slopes along a chain multiply:
#
# $$ \frac{\partial L}{\partial w} = \frac{dL}{de} \cdot \frac{de}{dv} \cdot \frac{dv}{du} \cdot \frac{\partial u}{\partial w}
#    = 2e \cdot 1 \cdot (1 - v^2) \cdot x. $$

# %%
# NBVAL_CHECK_OUTPUT
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
assert min(errors) < 1e-9 and errors[0] > 1e-4 and errors[-1] > 1e-5

# %% [markdown]
# **What we see.** The formula is right to ten digits. From row to row the error first falls by a factor of 10,000, as $h^2$
# does. But below $h = 10^{-5}$ it *rises*: two nearly equal numbers are subtracted, and of their 16 digits only the last few
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
    "Figure 3. The trace of x·x + x, from left to right: a box for each number, and on each arrow the slope of the box "
    "it enters with respect to the one it leaves.",
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
class Value(Value):  # Python lets a class extend its own former self: all of the above, and three methods more
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

    def push(self):
        for parent, slope in zip(self.parents, self.slopes, strict=True):
            parent.grad += slope * self.grad

    def backward(self):
        self.grad = 1.0
        for node in reversed(self.order()):
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
    "Figure 4. The same trace after the way back. Three arrows leave x; what comes back along them adds up to 3 + 3 + 1.",
)

# %%
# NBVAL_CHECK_OUTPUT
overwritten = {}
for node in reversed(f.order()):
    for parent, slope in zip(node.parents, node.slopes, strict=True):
        overwritten[parent] = slope * node.grad  # = where += belongs
print(f"+= gives {x.grad:.0f}, the derivative 2x + 1 is {2 * 3 + 1}, = gives {overwritten[x]:.0f}")
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

# %%
# NBVAL_CHECK_OUTPUT
w, x, b, y = Value(0.5, name="w"), Value(2, name="x"), Value(-0.5, name="b"), Value(1, name="y")
L = ((w * x + b).tanh() - y) ** 2
L.backward()
print(f"the tape: {w.grad:.10f}, by hand: {by_hand:.10f}")
print("and with the same walk:", ", ".join(f"dL/d{leaf.name} = {leaf.grad:.4f}" for leaf in (x, b, y)))
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


# %%
# NBVAL_CHECK_OUTPUT
worst, n_nodes = 0.0, 0
for seed in range(1000):
    numbers = torch.randn(3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    ours = [Value(number) for number in numbers]
    theirs = [number.clone().requires_grad_() for number in numbers]
    result = random_expression(ours, seed)
    result.backward()
    random_expression(theirs, seed).backward()
    n_nodes += len(result.order())
    worst = max(worst, *(abs(a.grad - b.grad.item()) for a, b in zip(ours, theirs, strict=True)))
print(f"1000 expressions, {n_nodes / 1000:.0f} nodes on average: every gradient within 1e-6: {worst < 1e-6}")
assert worst < 1e-6

# %% [markdown]
# **What we see.** No difference beyond rounding. And deep graphs? Python gives up on recursion after 1,000 calls; a sum of
# 10,000 terms is a chain of 10,000 nodes.

# %%
# NBVAL_CHECK_OUTPUT
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
# 2. Set $w = 3$, $x = 3$, and look at the tanh. What happens to every gradient to its left? **Predict** it first.
# 3. Make $L = 0$ with the slider of $y$ alone. Which gradients are then 0, and why all of them?

# %%
from coursekit.widgets.graph_explorer import GraphExplorer

show(
    GraphExplorer(step=4),
    "Figure 5. Run the cell to move the sliders. In orange the node that hands its gradient on. For an expression of your "
    "own: GraphExplorer(lambda a, b: (a * b + a).relu(), {'a': 1.0, 'b': 2.0}).",
)

# %%
# NBVAL_CHECK_OUTPUT
from coursekit.widgets.graph_explorer import compute, neuron_loss

rows = []
for w_and_x in (0.5, 1.0, 2.0, 3.0):
    leaves = {"w": w_and_x, "x": w_and_x, "b": -0.5, "y": -1.0}
    outcome = compute(neuron_loss, leaves, step=99)
    nodes = {node.name: node for node in outcome.root.order()}
    slope = 1 - nodes["tanh"].data ** 2
    rows.append([w_and_x, f"{nodes['tanh'].data:.5f}", f"{slope:.1e}", f"{nodes['w'].grad:.1e}"])
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
# **Predict.** Which of the two will overshoot the goal?


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
    bowl(paths, (1, 50), (10, 2)),
    "Figure 6. Thirty steps down an elongated bowl, from the square to the star. Above without momentum, below with it.",
)
ends = [path[-1].norm().item() for path in paths.values()]
print(f"distance left of {start.norm():.2f}: plain {ends[0]:.3f}, momentum {ends[1]:.3f}")
assert ends[1] < ends[0] / 20

# %% [markdown]
# PLACEHOLDER-7
#
# How many steps until 999/1000 of the distance are gone? Theory says that plain descent needs a number proportional to
# $\kappa$, momentum one proportional to $\sqrt\kappa$. We count from three random starts. The last column is a trap: the
# popular $m = 0.9$, at the rate $1/\kappa$, on all three bowls.


# %%
def steps_needed(kappa, start, lr, momentum):
    distances = walk(kappa, start, lr, momentum, 4000).norm(dim=1) / start.norm()
    far = (distances > 1e-3).nonzero()
    return far[-1].item() + 1  # the first step after which it stays within 1/1000


# %%
# NBVAL_CHECK_OUTPUT
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
    plain, best, _ = zip(*(counts[kappa, seed] for kappa in (10, 100, 1000)), strict=True)
    assert 8 < plain[1] / plain[0] < 12 and 8 < plain[2] / plain[1] < 12  # grows as kappa
    assert 2.5 < best[1] / best[0] < 4.5 and 2.5 < best[2] / best[1] < 4.5  # grows as its root, 3.16

# %% [markdown]
# PLACEHOLDER-7B

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
# Three sums, two of them matrix products. **Predict.** $X$ is $(n, \text{in})$, $W$ is $(\text{out}, \text{in})$, $G$ is
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
    w2 = torch.randn(1, n_hidden, generator=generator, dtype=torch.float64) / math.sqrt(n_hidden)
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
hidden, outputs = forward(points, params)
grads = backward(points, hidden, params, 2 * (outputs - goals) / len(points))
matrix_seconds = time.perf_counter() - began
print(f"tape: {len(loss.order())} nodes, {tape_seconds:.2f} s; matrices: {1e6 * matrix_seconds:.0f} µs")

# %%
# NBVAL_CHECK_OUTPUT
leaves = [p.clone().requires_grad_() for p in params]
mean_squared_error(forward(points, leaves)[1], goals).backward()
gap_autograd = max((g - leaf.grad).abs().max().item() for g, leaf in zip(grads, leaves, strict=True))
tape_w1 = torch.tensor([[w.grad for w in row] for row in scalars[0]], dtype=torch.float64)
gap_tape = (tape_w1 - grads[0]).abs().max().item()
print(f"{sum(p.numel() for p in params)} gradients, matrices against autograd: within 1e-6: {gap_autograd < 1e-6}")
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


# %%
# NBVAL_CHECK_OUTPUT
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


# %%
# NBVAL_CHECK_OUTPUT
generator = torch.Generator().manual_seed(run.seed)
logits = (5 * torch.randn(64, 1, generator=generator, dtype=torch.float64)).requires_grad_()
targets = torch.randint(2, (64, 1), generator=generator).double()
theirs = nn.functional.binary_cross_entropy_with_logits(logits, targets)
theirs.backward()
gap = (bce_logits_backward(logits.detach(), targets) - logits.grad).abs().max().item()
print(f"loss as PyTorch's: {torch.allclose(bce_logits(logits, targets), theirs)}, gradient within 1e-6: {gap < 1e-6}")
assert torch.allclose(bce_logits(logits, targets), theirs) and gap < 1e-6

# %% [markdown]
# Why not the squared error of the probability, $(\sigma(s) - t)^2$? And why not compute $\sigma(s)$ first and take
# logarithms after? Two questions, one figure and one table. The right answer is *yes*, $t = 1$.
#
# **Predict.** At the score $-6$ the network is sure of the wrong answer. Which loss corrects it harder?

# %%
s = torch.linspace(-8, 4, 241, dtype=torch.float64)
p = torch.sigmoid(s)
figure = new_figure(8, 2.8)
for axis, squared, entropy, name in zip(
    figure.subplots(1, 2),
    ((p - 1) ** 2, 2 * (p - 1) * p * (1 - p)),
    (softplus(s) - s, p - 1),
    ("loss", "its slope: the push on the score"),
    strict=True,
):
    axis.plot(s, entropy, label="cross entropy", **D_LINE)
    axis.plot(s, squared, label="squared error", **OTHER_LINES[0])
    label(axis, "score (the answer is yes)", name)
show(figure, "Figure 7. Two losses for one score. Left: how bad. Right: how strongly each pushes the score up.")
push = {name: slope[s.sub(-6).abs().argmin()].item() for name, slope in (("bce", p - 1), ("mse", 2 * (p - 1) ** 2 * -p))}
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
# NBVAL_CHECK_OUTPUT
rows = []
for score, target in ((10.0, 0.0), (20.0, 0.0), (100.0, 0.0), (100.0, 1.0), (-100.0, 0.0), (-100.0, 1.0)):
    results = []
    for loss in (naive_bce, bce_logits):
        logit = torch.tensor([score], requires_grad=True)
        value = loss(logit, torch.tensor([target]))
        value.backward()
        results += [f"{value.item():.4f}", f"{logit.grad.item():.4f}"]
    rows.append([f"{score:.0f}", f"{target:.0f}", *results])
table(["score", "target", "sigmoid, log: loss", "gradient", "softplus: loss", "gradient"], rows)
finite = [all(math.isfinite(float(text)) for text in row[4:]) for row in rows]
assert all(finite) and rows[2][2] == "inf" and rows[3][2] == "nan"

# %% [markdown]
# PLACEHOLDER-9

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
    """The parameters after descending the cross entropy on 300 points, all of them in each step."""
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
line_weight, line_bias = torch.zeros(1, 2, dtype=torch.float64), torch.zeros(1, dtype=torch.float64)
moments = (0, 2, 4, 6, 10, 15, 20, 30, 40, 60, 80, 120, 200, 500)
film = []


def watch(n, params):
    if n in moments:
        scores = {"a line": plane @ line_weight.T + line_bias, "16 hidden neurons": forward(plane, params)[1]}
        maps = {name: torch.sigmoid(s).reshape(60, 60).numpy() for name, s in scores.items()}
        film.append(decision_maps(maps, x, labels, title=f"step {n}", width=6))
    grads = linear_backward(x, line_weight, bce_logits_backward(x @ line_weight.T + line_bias, labels))
    line_weight.sub_(0.5 * grads[1])
    line_bias.sub_(0.5 * grads[2])


networks = [train(run.seed, watch=watch)]

# %%
show_animation(
    film,
    "Figure 8 (animation). Background: blue where the network says class 1, orange where it says class 0; the black line is "
    "where it cannot tell.",
    seconds=0.4,
)

# %%
PLACEHOLDER-10 = 1
