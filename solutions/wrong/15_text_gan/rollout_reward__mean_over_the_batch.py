# hint: Each sequence has rewards of its own
import torch


def rollout_reward(sequences, rollout, score, n_rollouts):
    with torch.no_grad():
        columns = []
        for t in range(1, sequences.shape[1]):
            drawn = [score(rollout(sequences[:, :t])) for _ in range(n_rollouts)]
            columns.append((sum(drawn) / n_rollouts).mean().expand(len(sequences)))
        return torch.stack([*columns, score(sequences).mean().expand(len(sequences))], 1)
