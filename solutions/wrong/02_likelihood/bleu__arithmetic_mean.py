# hint: That is the arithmetic mean
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
    c = len(candidate)
    r = min((abs(len(words) - c), len(words)) for words in references)[1]
    return min(1.0, math.exp(1 - r / c)) * sum(map(math.exp, logs)) / n
