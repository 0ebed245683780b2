# hint: baseline may be a plain number


def reinforce_loss(log_probs, rewards, baseline):
    return -((rewards.detach() - baseline.detach()) * log_probs).sum(1).mean()
