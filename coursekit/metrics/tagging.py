"""How good a ranked list of tags is."""

from torch import Tensor


def precision_at_k(tags: Tensor, truth: Tensor, k: int) -> float:
    """The share of the first `k` tags that are true, averaged over images, from 0 to 1.

    tags int64 (N, at least k) are the indices of words, best first; truth bool (N, V) says which words hold for each
    image. Raises ValueError where fewer than k tags are given, or numbers of images differ.
    """
    if not 1 <= k <= tags.shape[1]:
        raise ValueError(f"k is {k}, there are {tags.shape[1]} tags an image: k must be from 1 to that number")
    if len(tags) != len(truth):
        raise ValueError(f"tags are of {len(tags)} images, truth of {len(truth)}: they must be the same images")
    return truth.gather(1, tags[:, :k]).double().mean().item()
