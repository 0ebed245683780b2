# hint: not `x += ...`
class ResidualBlock(ResidualBlock):
    def forward(self, x):
        x += self.layers(x)
        return x
