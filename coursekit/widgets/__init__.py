"""Things to play with in a notebook; each leaves a stored picture where there is no kernel."""


def __getattr__(name: str) -> object:
    """`Playground` by this short path too, imported when it is asked for: it needs anywidget."""
    if name == "Playground":
        from coursekit.widgets.playground import Playground

        return Playground
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
