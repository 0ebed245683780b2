# hint: Make two
class ResidualBlock(ResidualBlock):
    def __init__(self, width):
        super().__init__(width)
        self.layers[3] = self.layers[0]
