# hint: Batch norm follows the second convolution, too
class ResidualBlock(ResidualBlock):
    def __init__(self, width):
        super().__init__(width)
        del self.layers[4]
