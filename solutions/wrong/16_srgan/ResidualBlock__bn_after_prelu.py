# hint: The order is: convolution, batch norm, PReLU
class ResidualBlock(ResidualBlock):
    def __init__(self, width):
        super().__init__(width)
        self.layers[1], self.layers[2] = self.layers[2], self.layers[1]
