"""Figures about samples: modes held, Frechet distances on our own features, and more as lessons need them."""
