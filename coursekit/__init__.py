"""The library of the course "GANs, measured": models, losses, training steps, metrics and widgets.

Importing it costs nothing: this file stays within the standard library, because `python -m coursekit` runs it before
the course's environment exists.
"""

__version__ = "0.1.0"
