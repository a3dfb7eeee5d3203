"""For lines of SEEN SAMPLED POPULATION RISK: the greatest number of marked ones with which at most SEEN are seen
with a probability above RISK, by scipy and bisection."""

import sys

from scipy.stats import hypergeom

for line in sys.stdin:
    seen, sampled, population, risk = (
        kind(text) for kind, text in zip((int, int, int, float), line.split()))
    low, high = seen, population - sampled + seen
    while low < high:
        middle = (low + high + 1) // 2
        if hypergeom.cdf(seen, population, middle, sampled) > risk:
            low = middle
        else:
            high = middle - 1
    print(low)
