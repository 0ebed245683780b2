# hint: The skip is missing
class ResidualBlock(ResidualBlock):
    def forward(self, x):
        return self.layers(x)
