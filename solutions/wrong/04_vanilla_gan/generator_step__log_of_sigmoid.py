# hint: right for all
def generator_step(D, G, g_optimizer, z):
    D.requires_grad_(False)
    loss = -D(G(z)).sigmoid().log().mean()
    g_optimizer.zero_grad()
    loss.backward()
    g_optimizer.step()
    D.requires_grad_(True)
    return loss.detach()
