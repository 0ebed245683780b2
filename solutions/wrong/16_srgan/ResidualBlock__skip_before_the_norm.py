# hint: x is added last, behind it
class ResidualBlock(ResidualBlock):
    def forward(self, x):
        return self.layers[4](x + self.layers[:4](x))
