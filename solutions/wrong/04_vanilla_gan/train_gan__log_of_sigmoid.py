# hint: right for all
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
            d_loss = -D(real).sigmoid().log().mean() - (1 - D(fake).sigmoid()).log().mean()
            update(d_optimizer, d_loss)
        g_loss = -D(G(latent(len(real)))).sigmoid().log().mean()
        update(g_optimizer, g_loss)
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return history
