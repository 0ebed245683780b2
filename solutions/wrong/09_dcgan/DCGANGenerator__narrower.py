# hint: `width` channels next to the image
class DCGANGenerator(DCGANGenerator):
    def __init__(self, size, channels, latent, width):
        super().__init__(size, channels, latent, width // 2)
