# hint: A slope goes through the baseline


def reinforce_loss(log_probs, rewards, baseline):
    return -((rewards.detach() - baseline) * log_probs).sum(1).mean()
