"""The probes of lesson 14: wrong captions drawn many times over. Each travels to the student as source."""


def draw_often(student, captions, n_draws):
    """A probe: mismatch(captions), n_draws times in a row."""
    return [student.mismatch(captions.clone()) for _ in range(n_draws)]


def draw_with_generators(student, captions, seed):
    """A probe: mismatch(captions, generator), twice from one generator and once from another of its seed."""
    import torch

    one, other = (torch.Generator().manual_seed(seed) for _ in range(2))
    torch.manual_seed(seed + 1)
    first, next_one = (student.mismatch(captions.clone(), one) for _ in range(2))
    torch.manual_seed(seed + 2)
    return {"first": first, "next": next_one, "again": student.mismatch(captions.clone(), other)}
