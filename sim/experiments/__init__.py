"""Experiments: many replications, and what may be said of them: intervals, pairs, verdicts, claims."""
