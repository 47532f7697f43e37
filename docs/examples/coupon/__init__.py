"""Coupon verification at the pickup point: before the hand-over a coupon is scanned with the leader's phone.

Some buyers hold a coupon. It is checked first come, first served; one that is refused costs a word of
explanation. `spec` holds parameters, draws and columns, `rules` the arithmetic, `story` and `kernel` the two
faces of `run_coupons(numbers, draws, arrive, point, points)`.
"""
