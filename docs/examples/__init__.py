"""Worked examples; the tests run them."""
