"""Right answers to the exercises of lesson 01, made in another way than the solution: the checks must pass them."""

import math

import torch


class Value:
    """A tape of rules, walked by counting for each node the children that have not handed on yet."""

    def __init__(self, data, parents=(), rule=None):
        self.data, self.parents, self.rule = data, list(parents), rule
        self.grad = 0

    def __add__(self, other):
        if not isinstance(other, Value):
            return Value(self.data + other, [self], lambda grad: [grad])
        return Value(self.data + other.data, [self, other], lambda grad: [grad, grad])

    def __mul__(self, other):
        if not isinstance(other, Value):
            return Value(self.data * other, [self], lambda grad: [grad * other])
        return Value(
            self.data * other.data,
            [self, other],
            lambda grad: [grad * other.data, grad * self.data],
        )

    def __radd__(self, other):
        return self.__add__(other)

    def __rmul__(self, other):
        return self.__mul__(other)

    def tanh(self):
        t = 1 - 2 / (math.exp(2 * min(self.data, 300)) + 1)
        return Value(t, [self], lambda grad: [grad * (1 - t) * (1 + t)])

    def relu(self):
        return self * 1 if self.data > 0 else Value(0, [self], lambda grad: [0 * grad])

    def backward(self):
        waiting, todo = {self: 0}, [self]
        while todo:
            for parent in todo.pop().parents:
                if parent not in waiting:
                    waiting[parent] = 0
                    todo.append(parent)
                waiting[parent] += 1
        grads, todo = {self: 1}, [self]  # the gradients of this pass, kept nowhere else
        while todo:
            node = todo.pop()
            if node.rule is None:
                node.grad += grads[node]
                continue
            for parent, grad in zip(node.parents, node.rule(grads[node]), strict=True):
                grads[parent] = grads.get(parent, 0) + grad
                waiting[parent] -= 1
                if waiting[parent] == 0:
                    todo.append(parent)


def linear_backward(x, weight, grad_out):
    """The three sums as they are written."""
    return [
        torch.einsum("ij,jk->ik", grad_out, weight),
        torch.einsum("ij,ik->jk", grad_out, x),
        torch.einsum("ij->j", grad_out),
    ]


def bce_logits_backward(logits, targets):
    """By autograd, from PyTorch's own loss."""
    if logits.shape != targets.shape:
        raise ValueError("shapes")
    logits = logits.detach().clone().requires_grad_()
    torch.nn.functional.binary_cross_entropy_with_logits(logits, targets).backward()
    return logits.grad


def unbroadcast(grad, shape):
    """All sums at once, then the shape."""
    padded = (1,) * (grad.dim() - len(shape)) + tuple(shape)
    axes = [axis for axis in range(grad.dim()) if padded[axis] != grad.shape[axis]]
    return (grad.sum(axes) if axes else grad).reshape(shape)


def sgd_momentum_step(params, grads, velocities, lr, momentum):
    """By PyTorch's own optimiser, on copies."""
    params = [p.clone().requires_grad_() for p in params]
    optimizer = torch.optim.SGD(params, lr=lr, momentum=momentum)
    for p, g, v in zip(params, grads, velocities, strict=True):
        p.grad = g.clone()
        optimizer.state[p]["momentum_buffer"] = v.clone()
    optimizer.step()
    new = [momentum * v + g for v, g in zip(velocities, grads, strict=True)]
    return tuple(p.detach() for p in params), tuple(new)
