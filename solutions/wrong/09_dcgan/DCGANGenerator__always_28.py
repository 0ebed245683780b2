# hint: doubles until `size` is reached
class DCGANGenerator(DCGANGenerator):
    def __init__(self, size, channels, latent, width):
        super().__init__(28, channels, latent, width)
