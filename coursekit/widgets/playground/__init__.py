"""A GAN on the plane to touch: `from coursekit.widgets.playground import Playground` (lectures 00, 04, 06)."""

from coursekit.widgets.playground.widget import Playground

__all__ = ["Playground"]
