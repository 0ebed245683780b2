# hint: sees z as one plane
import torch


class LevelGenerator(LevelGenerator):
    def forward(self, z, low):
        return self.layers(torch.cat([low[:, :1], low], 1))
