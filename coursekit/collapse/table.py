"""Which runs make the table of lesson 06."""

import hashlib

from coursekit.collapse.points import with_remedies
from coursekit.collapse.stacked import STACKED

SEEDS = (0, 1, 2)
RING8_ARMS = (
    "",
    "fast-d",
    "minibatch-stddev",
    "minibatch-discrimination",
    "relativistic",
    "relativistic+fast-d",
    "replay",
    "unrolled",
    "pac2",
    "pac4",
)
GRID25_ARMS = ("pac4+fast-d",)


def table_hash() -> str:
    """Twelve hex digits that change whenever a recipe behind the table changes."""
    points = [with_remedies("ring8", arm) for arm in RING8_ARMS] + [with_remedies("grid25", arm) for arm in GRID25_ARMS]
    text = " ".join([*(recipe.hash() for recipe in points), *(f"{r.hash()} {r.n_steps}" for r in STACKED.values())])
    return hashlib.sha256(text.encode()).hexdigest()[:12]
