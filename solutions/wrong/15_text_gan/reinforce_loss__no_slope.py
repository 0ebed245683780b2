# hint: finds no way back to log_probs


def reinforce_loss(log_probs, rewards, baseline):
    advantage = (rewards - baseline).detach()
    return -(advantage * log_probs.detach()).sum(1).mean()
