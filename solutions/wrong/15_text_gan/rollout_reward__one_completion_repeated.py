# hint: one completion says little
import torch


def rollout_reward(sequences, rollout, score, n_rollouts):
    with torch.no_grad():
        columns = []
        for t in range(1, sequences.shape[1]):
            whole = rollout(sequences[:, :t])
            columns.append(torch.stack([score(whole) for _ in range(n_rollouts)]).mean(0))
        return torch.stack([*columns, score(sequences)], 1)
