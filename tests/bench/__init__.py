"""Benchmarks: everything measured beside a bare echo, in one run on one machine, so that ratios mean something."""
