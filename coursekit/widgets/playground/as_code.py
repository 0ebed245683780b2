"""A run as one line of Python: what is not the default, and what was done since step 0."""

from collections.abc import Callable

from coursekit.widgets.playground.engine import Engine
from coursekit.widgets.playground.settings import OWN_LOSS, differences


def as_code(engine: Engine) -> str:
    """`Playground(...)`, which evaluates to a playground in this state; the reader's functions stand by their names."""
    values = differences(engine.first)
    if engine.own:
        values["loss"] = engine.first.loss
        if engine.first.loss == OWN_LOSS:
            del values["loss"]
    parts = [f"{name}={value!r}" for name, value in values.items()]
    parts += [f"{name}={name_of(function)}" for name, function in engine.functions.items() if function is not None]
    if engine.moves:
        parts.append(f"moves={list(engine.moves)!r}")
    return f"Playground({', '.join(parts)})"


def name_of(function: Callable) -> str:
    """The name by which the reader can write it; a lambda has none, and stands as `your_function`."""
    name = getattr(function, "__name__", "")
    return name if name.isidentifier() else "your_function"
