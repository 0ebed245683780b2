# hint: nothing is drawn here
import torch
from torch.nn.functional import one_hot


def straight_through(probs):
    drawn = torch.multinomial(probs.reshape(-1, probs.shape[-1]), 1).reshape(probs.shape[:-1])
    return one_hot(drawn, probs.shape[-1]) + probs - probs.detach()
