# hint: not with the value of L


class Value(Value):
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
        self.grad += self.data
        for node in reversed(nodes):
            for parent, slope in zip(node.parents, node.slopes, strict=True):
                parent.grad += slope * node.grad
