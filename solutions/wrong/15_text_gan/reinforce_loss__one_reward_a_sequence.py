# hint: you gave every word the sum of its sequence


def reinforce_loss(log_probs, rewards, baseline):
    advantage = (rewards - baseline).detach()
    return -(advantage.sum(1) * log_probs.sum(1)).mean()
