# hint: Nothing stands behind the sum
class ResidualBlock(ResidualBlock):
    def forward(self, x):
        return torch.relu(x + self.layers(x))
