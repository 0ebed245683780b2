# hint: That is the sum over the batch


def reinforce_loss(log_probs, rewards, baseline):
    advantage = (rewards - baseline).detach()
    return -(advantage * log_probs).sum()
