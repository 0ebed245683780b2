# hint: one number for each position, not for each sequence
import torch


def reinforce_loss(log_probs, rewards, baseline):
    b = torch.as_tensor(baseline).detach()
    if b.dim() == 1 and len(b) == len(rewards):
        b = b[:, None]
    return -((rewards.detach() - b) * log_probs).sum(1).mean()
