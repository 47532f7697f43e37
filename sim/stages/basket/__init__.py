"""What is sold and what a shopper wants of it: products, prices, and the lines of a basket.

A stage of chance alone: what a shopper wants is drawn by their key, so both faces read the same table and the
stage needs neither story nor rules.
"""
