# hint: The minus is missing


def reinforce_loss(log_probs, rewards, baseline):
    advantage = (rewards - baseline).detach()
    return (advantage * log_probs).sum(1).mean()
