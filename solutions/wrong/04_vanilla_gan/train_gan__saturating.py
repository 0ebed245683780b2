# hint: the saturating loss
from torch.nn.functional import softplus


def update(optimizer, loss):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def train_gan(G, D, g_optimizer, d_optimizer, batches, latent, n_steps, k=1):
    history = {"d_loss": [], "g_loss": []}
    for _ in range(n_steps):
        for _ in range(k):
            (real,) = next(batches)
            fake = G(latent(len(real))).detach()
            d_loss = softplus(-D(real)).mean() + softplus(D(fake)).mean()
            update(d_optimizer, d_loss)
        g_loss = -softplus(D(G(latent(len(real))))).mean()
        update(g_optimizer, g_loss)
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return history
