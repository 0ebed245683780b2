# hint: one completion says little
import torch


def rollout_reward(sequences, rollout, score, n_rollouts):
    with torch.no_grad():
        columns = [score(rollout(sequences[:, :t])) for t in range(1, sequences.shape[1])]
        return torch.stack([*columns, score(sequences)], 1)
