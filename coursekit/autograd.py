"""Back-propagation in the open: a tape of scalars, and the few matrix rules that make it fast (lecture 01).

Nothing in the course trains with this file. It is what lecture 01 builds, kept here so that exercises and tests can
compare with it; PyTorch's autograd does the same work everywhere else.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor


class Value:
    """A number that remembers how it was made.

    `parents` are the Values it was computed from and `slopes` its derivative with respect to each of them; both are
    empty for a leaf. After `L.backward()`, `grad` is dL / d(this). `name` is a letter or the sign of the operation,
    for drawings only.
    """

    def __init__(self, data: float, parents: Sequence["Value"] = (), slopes: Sequence[float] = (), name: str = ""):
        self.data = float(data)
        self.parents, self.slopes = tuple(parents), tuple(slopes)
        self.name = name
        self.grad = 0.0

    def __repr__(self) -> str:
        return f"Value({self.data:.4g}, grad={self.grad:.4g})"

    def __add__(self, other: "Value | float") -> "Value":
        other = as_value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0), "+")

    def __mul__(self, other: "Value | float") -> "Value":
        other = as_value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data), "×")

    def __neg__(self) -> "Value":
        return self * -1

    def __sub__(self, other: "Value | float") -> "Value":
        other = as_value(other)
        return Value(self.data - other.data, (self, other), (1.0, -1.0), "−")

    def __rsub__(self, other: float) -> "Value":
        return as_value(other) - self

    def __pow__(self, n: float) -> "Value":
        """self to the n-th power, n a plain number; a negative number has whole powers only."""
        if isinstance(n, Value):
            raise TypeError("the exponent is a Value: give a plain number, or write (b.log() * n).exp()")
        if self.data < 0 and n != int(n):
            raise ValueError(f"{self.data} to the power {n} is not a real number: the base must be at least 0")
        slope = n * self.data ** (n - 1) if n else 0.0  # of x^0 at 0 too, where 0^-1 would fail
        return Value(self.data**n, (self,), (slope,), f"^{n}")

    def __truediv__(self, other: "Value | float") -> "Value":
        return self * as_value(other) ** -1

    def __rtruediv__(self, other: float) -> "Value":
        return as_value(other) / self

    __radd__, __rmul__ = __add__, __mul__

    def tanh(self) -> "Value":
        t = math.tanh(self.data)
        return Value(t, (self,), (1 - t * t,), "tanh")

    def relu(self) -> "Value":
        """max(0, self); at 0 the slope is 0, as in PyTorch."""
        return Value(max(0.0, self.data), (self,), (float(self.data > 0),), "relu")

    def exp(self) -> "Value":
        e = math.exp(self.data)
        return Value(e, (self,), (e,), "exp")

    def log(self) -> "Value":
        """The natural logarithm of a number greater than 0."""
        if not self.data > 0:
            raise ValueError(f"the logarithm of {self.data} is asked for: it needs a number greater than 0")
        return Value(math.log(self.data), (self,), (1 / self.data,), "log")

    def order(self) -> list["Value"]:
        """Every Value that this one was computed from, and this one last: each comes after all of its parents."""
        done, nodes, todo = set(), [], [self]
        while todo:  # a stack of our own: Python's ends after 1,000 calls, and a sum of 1,000 terms is that deep
            node = todo.pop()
            waiting = [parent for parent in node.parents if parent not in done]
            if node not in done and waiting:
                todo += [node, *waiting]
            elif node not in done:
                done.add(node)
                nodes.append(node)
        return nodes

    def push(self) -> None:
        """Hand this node's gradient on to its parents, times the slope; a parent adds up what its children send."""
        for parent, slope in zip(self.parents, self.slopes, strict=True):
            parent.grad += slope * self.grad

    def backward(self) -> None:
        """Add d(this) / d(leaf) to the `grad` of every leaf, and set the `grad` of all nodes between.

        A leaf keeps what earlier passes left in it, as a PyTorch parameter does: set it to 0 for a fresh gradient.
        """
        nodes = self.order()
        for node in nodes:
            if node.parents:
                node.grad = 0.0
        self.grad += 1.0
        for node in reversed(nodes):
            node.push()


def as_value(number: "Value | float") -> Value:
    """A plain number as a leaf; a Value as it is."""
    return number if isinstance(number, Value) else Value(number)


def linear_backward(x: Tensor, weight: Tensor, grad_out: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(grad_x, grad_weight, grad_bias) of x @ weight.T + bias, given the gradient of its result.

    x is (n, in), weight (out, in), grad_out (n, out); each gradient has the shape of what it belongs to.
    """
    if grad_out.shape != (len(x), len(weight)) or x.shape[1:] != weight.shape[1:]:
        raise ValueError(
            f"x is {tuple(x.shape)}, weight {tuple(weight.shape)}, grad_out {tuple(grad_out.shape)}: "
            "they must be (n, in), (out, in) and (n, out)"
        )
    return grad_out @ weight, grad_out.T @ x, grad_out.sum(0)


def bce_logits_backward(logits: Tensor, targets: Tensor) -> Tensor:
    """The gradient of the mean binary cross entropy on raw scores: (sigmoid(logits) - targets) / number of logits."""
    if logits.shape != targets.shape:
        raise ValueError(
            f"logits are {tuple(logits.shape)}, targets {tuple(targets.shape)}: they must have one shape, "
            "else broadcasting compares every logit with every target"
        )
    return (torch.sigmoid(logits) - targets) / logits.numel()


def unbroadcast(grad: Tensor, shape: Sequence[int]) -> Tensor:
    """`grad` summed back to `shape`, which broadcasting had stretched: a value used n times gets n gradients."""
    shape = tuple(shape)
    extra = grad.dim() - len(shape)
    stretched = [have for have, had in zip(grad.shape[max(extra, 0) :], shape, strict=False) if had not in (1, have)]
    if extra < 0 or stretched:
        raise ValueError(f"the gradient has shape {tuple(grad.shape)}: nothing of shape {shape} broadcasts to it")
    for _ in range(extra):
        grad = grad.sum(0)
    for axis, had in enumerate(shape):
        if had == 1:
            grad = grad.sum(axis, keepdim=True)
    return grad


def sgd_momentum_step(
    params: Sequence[Tensor], grads: Sequence[Tensor], velocities: Sequence[Tensor], lr: float, momentum: float
) -> tuple[list[Tensor], list[Tensor]]:
    """(new params, new velocities) with v = momentum v + g, then p = p - lr v; nothing is changed in place.

    Velocities start at 0. momentum = 0 is plain gradient descent; PyTorch's SGD makes the same steps.
    """
    velocities = [momentum * v + g for v, g in zip(velocities, grads, strict=True)]
    return [p - lr * v for p, v in zip(params, velocities, strict=True)], velocities
