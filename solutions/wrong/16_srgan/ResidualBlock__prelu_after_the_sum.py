# hint: Nothing stands behind the sum
class ResidualBlock(ResidualBlock):
    def __init__(self, width):
        super().__init__(width)
        self.last = nn.PReLU()

    def forward(self, x):
        return self.last(x + self.layers(x))
