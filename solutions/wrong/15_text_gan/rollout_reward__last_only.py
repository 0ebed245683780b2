# hint: not the last of them alone
import torch


def rollout_reward(sequences, rollout, score, n_rollouts):
    with torch.no_grad():
        columns = []
        for t in range(1, sequences.shape[1]):
            drawn = [score(rollout(sequences[:, :t])) for _ in range(n_rollouts)]
            columns.append(drawn[-1])
        return torch.stack([*columns, score(sequences)], 1)
