"""Measurements against the budgets: `python -m tests.bench.<name> --help`. They run in no test suite."""
