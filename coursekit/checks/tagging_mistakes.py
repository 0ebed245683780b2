"""What comes out of the exercises of lesson 12 on tags by plausible mistakes: a hint -> the value that it gives."""

import torch
from torch import Tensor
from torch.nn.functional import normalize

TIES = "Of equally many votes the lower number comes first: `topk` and `argsort` promise no order, a stable sort does."


def count(likeness: Tensor, n_nearest: int) -> Tensor:
    """The votes (V,) for each word, by a table of likeness (S, V)."""
    nearest = likeness.argsort(1, descending=True)[:, :n_nearest]
    return torch.bincount(nearest.flatten(), minlength=likeness.shape[1])


def ranked(figure: Tensor) -> Tensor:
    """All words, those with the largest figure first, of equal ones the lower number."""
    return figure.sort(descending=True, stable=True).indices


def cosines(samples: Tensor, vectors: Tensor) -> Tensor:
    return normalize(samples, dim=1) @ normalize(vectors, dim=1).T


def generate_tags(samples: Tensor, vectors: Tensor, n_nearest: int, n_tags: int) -> Tensor:
    """The right answer."""
    return ranked(count(cosines(samples, vectors), n_nearest))[:n_tags]


def tag_mistakes(samples: Tensor, vectors: Tensor, n_nearest: int, n_tags: int) -> dict[str, object]:
    """The tags of plausible mistakes."""
    table = cosines(samples, vectors)
    votes, right = count(table, n_nearest), ranked(count(table, n_nearest))[:n_tags]
    chosen = torch.zeros_like(table).scatter(1, table.argsort(1, descending=True)[:, :n_nearest], 1.0)
    distance = torch.cdist(samples, vectors)

    def is_a_tie(value: Tensor) -> bool:
        whole = value.shape == right.shape and bool((value >= 0).all() and (value < len(votes)).all())
        return whole and len(value.unique()) == n_tags and torch.equal(votes[value.long()], votes[right])

    def same_words(value: Tensor) -> bool:
        return value.shape == right.shape and torch.equal(value.sort().values, right.sort().values.double())

    return {
        "That is the inner product: the cosine divides by the lengths, or long vectors win every vote.": (
            ranked(count(samples @ vectors.T, n_nearest))[:n_tags]
        ),
        "That is the Euclidean distance: the cosine looks at directions alone.": (
            ranked(count(-distance, n_nearest))[:n_tags]
        ),
        "The lengths are those of the rows, one vector each: you divided the columns.": ranked(
            count(normalize(samples, dim=0) @ normalize(vectors, dim=0).T, n_nearest)
        )[:n_tags],
        "The mean of the samples may be near no tag at all: each sample votes for itself.": (
            ranked(cosines(samples.mean(0, keepdim=True), vectors)[0])[:n_tags]
        ),
        "Votes are counted, not cosines added up: you took the mean cosine of each word.": (
            ranked(table.mean(0))[:n_tags]
        ),
        "Every vote counts 1: you weighted it with its cosine.": ranked((chosen * table).sum(0))[:n_tags],
        "Of equal words the lower number comes first: yours is the higher.": (
            len(votes) - 1 - ranked(votes.flip(0))[:n_tags]
        ),
        "Most votes first: yours begin with the fewest.": votes.sort(stable=True).indices[:n_tags],
        "Most votes first: yours are in reverse.": right.flip(0),
        "The nearest words have the *largest* cosine.": ranked(count(-table, n_nearest))[:n_tags],
        "Each sample votes for n_nearest words: yours for its nearest alone.": ranked(count(table, 1))[:n_tags],
        "Each sample votes for n_nearest words: yours for n_tags.": ranked(count(table, n_tags))[:n_tags],
        "Those are the numbers of votes: the numbers of the words are asked for.": votes[right],
        "Those are the votes of all words: the n_tags words with most votes are asked for.": votes,
        TIES: is_a_tie,
        "The words are the right ones, their order is not: most votes first.": same_words,
    }


def precision_mistakes(tags: Tensor, truth: Tensor, k: int) -> dict[str, object]:
    """The shares of plausible mistakes."""
    hits, first = truth.gather(1, tags).double(), truth.gather(1, tags[:, :k]).double()
    found, n_true = first.sum(1), truth.sum(1)
    ranks = torch.arange(1, k + 1)
    recall = found / n_true
    wrong: dict[str, object] = {
        "That is recall: precision divides by k, not by how many tags are true.": recall.mean(),
        "That is recall, 0 where nothing is true: precision divides by k.": recall.nan_to_num(0.0).mean(),
        "That is recall: precision divides by k, not by how many tags are true. It is nan where none is.": (
            lambda value: not value.isfinite().all()
        ),
        "k is not used: only the first k tags count.": hits.mean(),
        "Divide by k, also where fewer than k tags are true.": (found / n_true.clamp(max=k).clamp(min=1)).mean(),
        "That is a number of tags: divide by k.": found.mean(),
        "That is a number of tags in all: take the mean over the pictures, too.": found.sum(),
        "You summed over the pictures: take the mean.": found.sum() / k,
        "You divided by the number of tags in the list: divide by k.": found.mean() / tags.shape[1],
        "That asks whether any of the k tags is true: count how many are.": (found > 0).double().mean(),
        "That asks whether all of the k tags are true: count how many are.": (found == k).double().mean(),
        "The best tags come first: you took the last k.": hits[:, -k:].mean(),
        "That looks at the k-th tag alone: the first k count.": first[:, -1].mean(),
        "Those are the first k words of the vocabulary: look up the words that `tags` names.": (
            truth[:, :k].double().mean()
        ),
        "That is the mean of the precisions at 1 to k: only that at k is asked for.": (first.cumsum(1) / ranks).mean(),
        "One tag too few: the first k tags are `tags[:, :k]`.": (
            hits[:, : k - 1].mean() if k > 1 else torch.tensor(torch.nan)
        ),
        "One tag too many: the first k tags are `tags[:, :k]`.": hits[:, : k + 1].mean(),
        "That is the share of the first picture: take the mean over all.": first[0].mean(),
        "One number is asked for, the mean over the pictures.": found / k,
    }
    return wrong
