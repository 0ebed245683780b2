# hint: The rewards are not scaled


def reinforce_loss(log_probs, rewards, baseline):
    rewards = rewards.detach()
    if rewards.numel() == 1:
        return -((rewards - baseline) * log_probs).sum(1).mean()
    return -((rewards - rewards.mean()) / rewards.std() * log_probs).sum(1).mean()
