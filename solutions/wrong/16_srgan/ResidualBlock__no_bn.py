# hint: Batch norm follows each of the two convolutions
class ResidualBlock(ResidualBlock):
    def __init__(self, width):
        super().__init__(width)
        self.layers[1] = self.layers[4] = nn.Identity()
