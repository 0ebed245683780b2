"""Recipes: a name -> everything needed to train, with the paper's numbers and each departure from them.

`RECIPES["dcgan-fast"].start(images, n_steps)` gives a `Run` that is ready for `fit`; `coursekit train` is the same from
the command line.
"""

from coursekit.recipes.images import (
    DCGAN,
    DCGAN_FAST,
    DCGAN_LONG,
    VANILLA,
    dcgan_pair,
    mlp_pair,
    uniform_unit_variance,
)
from coursekit.recipes.run import Recipe, Run, Shape, drawn, falling, name_of
from coursekit.recipes.stacked import STACKED_PAC4, STACKED_RELATIVISTIC

RECIPES = {
    recipe.name: recipe for recipe in (VANILLA, DCGAN, DCGAN_FAST, DCGAN_LONG, STACKED_PAC4, STACKED_RELATIVISTIC)
}

__all__ = [
    "DCGAN",
    "DCGAN_FAST",
    "DCGAN_LONG",
    "RECIPES",
    "STACKED_PAC4",
    "STACKED_RELATIVISTIC",
    "VANILLA",
    "Recipe",
    "Run",
    "Shape",
    "dcgan_pair",
    "drawn",
    "falling",
    "mlp_pair",
    "name_of",
    "uniform_unit_variance",
]
