# hint: SRGAN's blocks have PReLU
class ResidualBlock(ResidualBlock):
    def __init__(self, width):
        super().__init__(width)
        self.layers[2] = nn.ReLU()
