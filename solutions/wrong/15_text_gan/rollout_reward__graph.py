# hint: Rewards are plain numbers
import torch


def rollout_reward(sequences, rollout, score, n_rollouts):
    columns = []
    for t in range(1, sequences.shape[1]):
        drawn = [score(rollout(sequences[:, :t])) for _ in range(n_rollouts)]
        columns.append(sum(drawn) / n_rollouts)
    return torch.stack([*columns, score(sequences)], 1)
