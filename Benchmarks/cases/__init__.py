"""The benchmarks: one module each, named as `Benchmarks/run` knows it.

A module has
  ORDER     a number that says where in the run it comes
  PRODUCTS  the executables of Package.swift that it needs, built before it is run
  run(bench) -> Section
and may import `harness`. `bench` is a `harness.runner.Bench`.
"""
