# hint: The branch ends in batch norm
class ResidualBlock(ResidualBlock):
    def __init__(self, width):
        super().__init__(width)
        self.layers.append(nn.PReLU())
