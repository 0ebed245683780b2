"""The probe of lesson 10: it watches who asks whom for what on the way from coarse to fine."""


def watch_chain(student, noises, n):
    """A probe: the images of a chain whose nets and noises write down every call, in order.

    `noises` holds the noise of the coarse net (n, d), then that of each level (n, pixels). The coarse net makes images
    with two channels, level k (from 1) the residual (k + 2) tanh(z - low / 2): large, so that clipping shows.
    """
    import torch
    from torch import nn

    calls, size = [], 3

    class Coarse(nn.Module):
        def forward(self, z):
            calls.append({"who": "coarse", "z": z, "training": self.training, "grad": torch.is_grad_enabled()})
            planes = torch.stack([z.sum(1), z[:, 0] - z[:, 1]], 1)
            ramp = torch.arange(size * size, dtype=z.dtype).reshape(size, size).cos()
            return planes[:, :, None, None] * ramp

    class Level(nn.Module):
        def __init__(self, k):
            super().__init__()
            self.k, self.weight = k, nn.Parameter(torch.ones((), dtype=torch.float64))

        def forward(self, z, low):
            call = {"who": f"level {self.k}", "z": z.clone(), "low": low.clone()}
            calls.append(call | {"training": self.training, "grad": torch.is_grad_enabled()})
            if z.dim() != 2 or low.dim() != 4 or z.shape[1] != low.shape[2] * low.shape[3]:
                return torch.zeros_like(low if low.dim() == 4 else z)
            plane = z.reshape(-1, 1, *low.shape[2:])
            return self.weight * (self.k + 2) * torch.tanh(plane - low / 2)

    def latent(k):
        def draw(m):
            calls.append({"who": f"noise {k}"})
            return noises[k][:m].clone()

        return draw

    coarse, levels = Coarse(), [Level(k) for k in range(1, len(noises))]
    for net in (coarse, *levels):
        net.train()
    out = student.sample_lapgan(coarse, levels, [latent(k) for k in range(len(noises))], n)
    slope = isinstance(out, torch.Tensor) and out.requires_grad
    return {"out": out, "calls": calls, "slope": slope}
