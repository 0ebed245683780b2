# hint: The penalty for short texts is missing
import math
from collections import Counter


def runs(words, n):
    return Counter(zip(*(words[i:] for i in range(n)), strict=False))


def bleu(candidate, references, n):
    logs = []
    for length in range(1, n + 1):
        counts, allowed = runs(candidate, length), Counter()
        for reference in references:
            allowed |= runs(reference, length)
        matched = (counts & allowed).total()
        if matched == 0:
            return 0.0
        logs.append(math.log(matched / counts.total()))
    return math.exp(sum(logs) / n)
