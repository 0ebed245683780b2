# hint: The best single reference is not enough
import math
from collections import Counter


def runs(words, n):
    return Counter(zip(*(words[i:] for i in range(n)), strict=False))


def against_one(candidate, reference, n):
    logs = []
    for length in range(1, n + 1):
        counts = runs(candidate, length)
        matched = (counts & runs(reference, length)).total()
        if matched == 0:
            return 0.0
        logs.append(math.log(matched / counts.total()))
    return min(1.0, math.exp(1 - len(reference) / len(candidate))) * math.exp(sum(logs) / n)


def bleu(candidate, references, n):
    return max(against_one(candidate, reference, n) for reference in references)
