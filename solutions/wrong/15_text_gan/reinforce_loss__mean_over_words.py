# hint: a sequence is the sum of its positions


def reinforce_loss(log_probs, rewards, baseline):
    advantage = (rewards - baseline).detach()
    return -(advantage * log_probs).mean()
