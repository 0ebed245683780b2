# hint: LeakyReLU has a fixed one
class ResidualBlock(ResidualBlock):
    def __init__(self, width):
        super().__init__(width)
        self.layers[2] = nn.LeakyReLU(0.25)
