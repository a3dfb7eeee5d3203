"""What the benchmarks share: how contenders take turns, and how the figures are written down."""
