"""Right answers to the exercises of lesson 04, made in another way than the solution: the checks must pass them."""

import torch
from torch.nn.functional import binary_cross_entropy_with_logits, logsigmoid

from coursekit.fit import fit


def discriminator_loss(real_scores, fake_scores):
    """Two cross-entropies with targets."""
    loss = binary_cross_entropy_with_logits
    on_real = loss(real_scores, torch.ones_like(real_scores))
    return on_real + loss(fake_scores, torch.zeros_like(fake_scores))


def saturating_generator_loss(fake_scores):
    """log(1 - sigmoid(s)) = log sigmoid(-s)."""
    return logsigmoid(-fake_scores).mean()


def non_saturating_generator_loss(fake_scores):
    """The cross-entropy of fakes that are labelled real."""
    return binary_cross_entropy_with_logits(fake_scores, torch.ones_like(fake_scores))


def discriminator_step(D, G, d_optimizer, real, z):
    """Both batches in one pass, gradients by hand, and a float."""
    with torch.no_grad():
        both = torch.cat([real, G(z)])
    real_scores, fake_scores = D(both).split(len(real))
    loss = -logsigmoid(real_scores).sum() / len(real) - logsigmoid(-fake_scores).sum() / len(z)
    parameters = [p for group in d_optimizer.param_groups for p in group["params"]]
    for p, gradient in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
        p.grad = gradient
    d_optimizer.step()
    d_optimizer.zero_grad()
    return loss.item()


def generator_step(D, G, g_optimizer, z):
    """A gradient for both nets, emptied in both before and after."""
    G.zero_grad()
    D.zero_grad(set_to_none=False)
    loss = discriminator_loss(D(G(z)), torch.full((1,), -1e9))
    loss.backward()
    g_optimizer.step()
    D.zero_grad(set_to_none=False)
    return loss


def train_gan(G, D, g_optimizer, d_optimizer, batches, latent, n_steps, k):
    """As in the lecture, with coursekit's loop and its history."""

    def step(batches):
        for _ in range(k):
            real = next(batches)[0]
            d_loss = discriminator_step(D, G, d_optimizer, real, latent(real.shape[0]))
        g_loss = generator_step(D, G, g_optimizer, latent(real.shape[0]))
        return {"d_loss": torch.tensor(d_loss), "g_loss": g_loss}

    return fit(step, batches, n_steps, progress=False)
