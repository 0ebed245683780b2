# hint: different rows are swapped
import torch


class ReplayBuffer:
    def __init__(self, capacity):
        self.capacity, self.store = capacity, None

    def exchange(self, fakes, generator):
        fakes = fakes.detach().clone()
        n = 0 if self.store is None else len(self.store)
        if n < self.capacity:
            new = fakes[: self.capacity - n].clone()
            self.store = new if self.store is None else torch.cat([self.store, new])
            return fakes
        n_old = min(len(fakes) // 2, self.capacity)
        here = torch.randint(len(fakes), (n_old,), generator=generator)
        there = torch.randperm(self.capacity, generator=generator)[:n_old]
        fakes[here], self.store[there] = self.store[there], fakes[here]
        return fakes
