# hint: Return the residual alone


class LevelGenerator(LevelGenerator):
    def forward(self, z, low):
        return low + super().forward(z, low)
