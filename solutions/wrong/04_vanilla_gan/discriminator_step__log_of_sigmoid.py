# hint: right for all
def discriminator_step(D, G, d_optimizer, real, z):
    fake = G(z).detach()
    loss = -D(real).sigmoid().log().mean() - (1 - D(fake).sigmoid()).log().mean()
    d_optimizer.zero_grad()
    loss.backward()
    d_optimizer.step()
    return loss.detach()
