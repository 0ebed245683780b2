# hint: hands on before it has heard from both


class Value(Value):
    def order(self):
        nodes, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                nodes.append(node)
                for parent in node.parents:
                    visit(parent)

        visit(self)
        return nodes[::-1]

    def backward(self):
        nodes = self.order()
        for node in nodes:
            if node.parents:
                node.grad = 0.0
        self.grad += 1.0
        for node in reversed(nodes):
            for parent, slope in zip(node.parents, node.slopes, strict=True):
                parent.grad += slope * node.grad
