# hint: call `rollout`


def rollout_reward(sequences, rollout, score, n_rollouts):
    return score(sequences).detach()[:, None].expand(-1, sequences.shape[1])
