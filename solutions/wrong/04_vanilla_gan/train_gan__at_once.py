# hint: G learned from the D of before
from torch.nn.functional import softplus


def update(optimizer, loss):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def train_gan(G, D, g_optimizer, d_optimizer, batches, latent, n_steps, k=1):
    history = {"d_loss": [], "g_loss": []}
    for _ in range(n_steps):
        for turn in range(k):
            (real,) = next(batches)
            fake = G(latent(len(real))).detach()
            d_loss = softplus(-D(real)).mean() + softplus(D(fake)).mean()
            if turn == k - 1:
                g_loss = softplus(-D(G(latent(len(real))))).mean()
                g_optimizer.zero_grad()
                g_loss.backward()
            update(d_optimizer, d_loss)
        g_optimizer.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return history
