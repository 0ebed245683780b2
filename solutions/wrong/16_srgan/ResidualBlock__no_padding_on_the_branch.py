# hint: kernel 3 with padding 1
class ResidualBlock(ResidualBlock):
    def __init__(self, width):
        super().__init__(width)
        self.layers[0] = nn.Conv2d(width, width, 3)
        self.layers[3] = nn.Conv2d(width, width, 3)
