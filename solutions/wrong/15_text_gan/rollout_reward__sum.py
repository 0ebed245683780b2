# hint: not their sum
import torch


def rollout_reward(sequences, rollout, score, n_rollouts):
    with torch.no_grad():
        columns = []
        for t in range(1, sequences.shape[1]):
            drawn = [score(rollout(sequences[:, :t])) for _ in range(n_rollouts)]
            columns.append(sum(drawn))
        return torch.stack([*columns, score(sequences)], 1)
