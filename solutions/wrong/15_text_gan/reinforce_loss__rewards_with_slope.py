# hint: A slope goes through the rewards


def reinforce_loss(log_probs, rewards, baseline):
    return -((rewards - baseline) * log_probs).sum(1).mean()
