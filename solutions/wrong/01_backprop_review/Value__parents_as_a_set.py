# hint: what comes back along several ways adds up
import math


class Value(Value):
    def __init__(self, data, slopes=None):
        self.data, self.parents = float(data), slopes or {}
        self.grad = 0.0

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, {self: 1.0, other: 1.0})

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, {self: other.data, other: self.data})

    def tanh(self):
        t = math.tanh(self.data)
        return Value(t, {self: 1 - t * t})

    def relu(self):
        return Value(max(0.0, self.data), {self: float(self.data > 0)})

    def order(self):
        nodes, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for parent in node.parents:
                    visit(parent)
                nodes.append(node)

        visit(self)
        return nodes

    def backward(self):
        nodes = self.order()
        for node in nodes:
            if node.parents:
                node.grad = 0.0
        self.grad += 1.0
        for node in reversed(nodes):
            for parent, slope in node.parents.items():
                parent.grad += slope * node.grad
