# hint: thrown together
import math
from collections import Counter


def runs(words, n):
    return Counter(zip(*(words[i:] for i in range(n)), strict=False))


def bleu(candidate, references, n):
    matched = total = 0
    for length in range(1, n + 1):
        counts, allowed = runs(candidate, length), Counter()
        for reference in references:
            allowed |= runs(reference, length)
        found = (counts & allowed).total()
        if found == 0:
            return 0.0
        matched, total = matched + found, total + counts.total()
    c = len(candidate)
    r = min((abs(len(words) - c), len(words)) for words in references)[1]
    return min(1.0, math.exp(1 - r / c)) * matched / total
