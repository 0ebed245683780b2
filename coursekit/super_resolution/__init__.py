"""Super-resolution (Ledig et al. 2017): the losses, the recipe, the feature nets, and the upscaler that is shipped."""

from coursekit.super_resolution.losses import all_maps, content_loss, perceptual_loss
from coursekit.super_resolution.training import FAST, SrganRecipe, train_srgan, train_srresnet

__all__ = ["FAST", "SrganRecipe", "all_maps", "content_loss", "perceptual_loss", "train_srgan", "train_srresnet"]
