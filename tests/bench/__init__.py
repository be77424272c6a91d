"""Benchmarks, run by hand: `python -m tests.bench` (search) and `python -m tests.bench.way` (a request's whole way)."""
