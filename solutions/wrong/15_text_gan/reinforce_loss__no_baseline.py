# hint: The baseline is missing


def reinforce_loss(log_probs, rewards, baseline):
    return -(rewards.detach() * log_probs).sum(1).mean()
