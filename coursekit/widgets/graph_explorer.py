"""Sliders for the leaves of a small expression, and its backward pass one node at a time (lecture 01)."""

from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.figure import Figure

from coursekit.autograd import Value, as_value
from coursekit.plots.graphs import graph
from coursekit.plots.style import png
from coursekit.widgets.aria import Aria
from coursekit.widgets.conventions import live_or_stored, slider

LEAVES = {"w": 0.5, "x": 2.0, "b": -0.5, "y": 1.0}
LOW, HIGH = -3.0, 3.0  # ends of the leaves' sliders


def neuron_loss(w: Value, x: Value, b: Value, y: Value) -> Value:
    """The squared error of one tanh neuron: (tanh(w x + b) - y)^2."""
    return ((w * x + b).tanh() - y) ** 2


@dataclass(frozen=True)
class Outcome:
    """The graph as it stands after `step` backward steps, the nodes in the order in which they push, and a sentence."""

    root: Value
    pushing: list[Value]
    step: int
    sentence: str

    @property
    def n_steps(self) -> int:
        """One for the gradient 1 at the root, then one for each node that is not a leaf."""
        return 1 + len(self.pushing)

    @property
    def pushed(self) -> list[Value]:
        return self.pushing[: max(0, self.step - 1)]


def compute(expression: Callable[..., Value], leaves: dict[str, float], step: int) -> Outcome:
    """Evaluate `expression(**leaves)` on a fresh tape and take `step` steps backward: 0 none, 1 sets the root's to 1.

    `step` beyond the last is the last.
    """
    root = as_value(expression(**{name: Value(number, name=name) for name, number in leaves.items()}))
    pushing = [node for node in reversed(root.order()) if node.parents]
    step = min(step, 1 + len(pushing))
    if step == 0:
        return Outcome(root, pushing, 0, f"Forward: every value from left to right, up to {root.data:.3g}.")
    root.grad = 1.0
    if step == 1:
        return Outcome(root, pushing, 1, "The result depends on itself with slope 1: here the way back begins.")
    for node in pushing[: step - 1]:
        node.push()
    return Outcome(root, pushing, step, _describe(pushing[step - 2]))


def _describe(node: Value) -> str:
    sent = [
        f"{node.grad:.3g} · {slope:.3g} = {node.grad * slope + 0.0:.3g} to {parent.name or 'number'}"
        for parent, slope in zip(node.parents, node.slopes, strict=True)
    ]
    return f"{node.name} hands on {' and '.join(sent)}."


def draw(outcome: Outcome) -> Figure:
    """The graph with values and gradients; the node that pushes now in orange."""
    active = outcome.pushing[outcome.step - 2] if outcome.step > 1 else None
    title = f"backward step {outcome.step} of {outcome.n_steps}\n{outcome.sentence}"
    return graph(outcome.root, outcome.pushed, active, title)


class GraphExplorer:
    """A slider for each leaf of `expression`, and one that walks back through its graph.

    `expression` takes Values by the names in `leaves` and returns one; small is legible, about ten nodes. `outcome`
    holds what is shown, `sliders` maps each leaf to its slider, `steps` is the slider of the backward pass.
    """

    sentence = "Sliders for the leaves of a graph and its backward pass, node by node: run the cell to use them."

    def __init__(
        self, expression: Callable[..., Value] = neuron_loss, leaves: dict[str, float] = LEAVES, step: int = 0
    ):
        from ipywidgets import HTML, HBox, Image, IntSlider, Layout, VBox

        self.expression = expression
        self.sliders = {name: slider(name, value, LOW, HIGH, 0.1) for name, value in leaves.items()}
        n_steps = compute(expression, leaves, 0).n_steps
        self.steps = IntSlider(
            value=step,
            max=n_steps,
            description="backward step",
            style={"description_width": "11em"},
            layout=Layout(width="26em"),
        )
        self.picture, self.message, self.aria = Image(format="png"), HTML(), Aria()
        row = HBox([VBox([*self.sliders.values()]), self.steps])
        self.view = VBox([row, self.picture, self.message, self.aria])
        for one in (*self.sliders.values(), self.steps):
            one.observe(self._update, names="value")
        self._update()

    def _update(self, change: dict | None = None) -> None:
        leaves = {name: one.value for name, one in self.sliders.items()}
        try:
            self.outcome = compute(self.expression, leaves, self.steps.value)
        except (ArithmeticError, ValueError) as error:  # a division by zero, a log of a negative number
            self.message.value = f"No value here ({error}): the picture shows the last one. Move a slider on."
            return
        self.message.value = ""
        self.steps.max = self.outcome.n_steps
        self.picture.value = png(draw(self.outcome))
        self.aria.words = f"backward step {self.outcome.step} of {self.outcome.n_steps}: {self.outcome.sentence}"

    def _repr_mimebundle_(self, **kwargs) -> dict[str, object]:
        return live_or_stored(self.view, self.picture.value, self.sentence)
