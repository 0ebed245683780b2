# hint: a bracket is missing


def reinforce_loss(log_probs, rewards, baseline):
    return -(rewards.detach() * log_probs - baseline).sum(1).mean()
