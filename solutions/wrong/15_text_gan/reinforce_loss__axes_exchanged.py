# hint: it is the other way round


def reinforce_loss(log_probs, rewards, baseline):
    advantage = (rewards - baseline).detach()
    return -(advantage * log_probs).mean(1).sum()
