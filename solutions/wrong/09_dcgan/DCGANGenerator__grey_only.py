# hint: The number of channels is an argument
class DCGANGenerator(DCGANGenerator):
    def __init__(self, size, channels, latent, width):
        super().__init__(size, 1, latent, width)
