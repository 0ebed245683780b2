# hint: x is added, not joined
class ResidualBlock(ResidualBlock):
    def forward(self, x):
        return torch.cat([x, self.layers(x)], 1)
