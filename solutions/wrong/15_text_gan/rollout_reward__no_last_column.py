# hint: The last column is missing
import torch


def rollout_reward(sequences, rollout, score, n_rollouts):
    if sequences.shape[1] == 1:
        return score(sequences)[:, None].detach()
    with torch.no_grad():
        columns = []
        for t in range(1, sequences.shape[1]):
            drawn = [score(rollout(sequences[:, :t])) for _ in range(n_rollouts)]
            columns.append(sum(drawn) / n_rollouts)
        return torch.stack(columns, 1)
