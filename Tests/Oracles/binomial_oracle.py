"""The upper end of Clopper and Pearson's one-sided interval by scipy, for lines of COUNT TOTAL RISK."""

import sys

from scipy.stats import beta

for line in sys.stdin:
    count, total, risk = (kind(text) for kind, text in zip((int, int, float), line.split()))
    print(1.0 if count == total else float(beta.ppf(1 - risk, count + 1, total - count)))
