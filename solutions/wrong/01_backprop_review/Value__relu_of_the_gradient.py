# hint: What decides is the sign of a


class Value(Value):
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.parents, self.slopes = float(data), parents, slopes
        self.grad, self.is_relu = 0.0, False

    def relu(self):
        out = Value(max(0.0, self.data), (self,), (float(self.data > 0),))
        out.is_relu = True
        return out

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
            for parent, slope in zip(node.parents, node.slopes, strict=True):
                through = max(0.0, node.grad) if node.is_relu else node.grad
                parent.grad += slope * through
