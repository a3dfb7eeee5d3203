"""Stands in for torch where there is none: what aperturedb's datasets and their tests use of it."""
