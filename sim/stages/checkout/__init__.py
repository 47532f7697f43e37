"""Checkout: from the first click to money moved and known.

A shopper whose trust suffices clicks. The click passes the protections (all off by default), waits for a
worker of the order service and then for the one hot stock row; a client that runs out of patience leaves, but
*the server keeps working* on what was abandoned, and the shopper may click again. An accepted order is paid
through the gateway or from the balance, expires when unpaid, and may be lost between bank and shop. Failures
are talked about in chat and lower the trust of those still deciding.

`spec` holds the parameters, `numbers` and `draws` what both faces read, `rules` their shared arithmetic,
`story` the SimPy face and `kernel` the compiled one; both offer `run_checkout(numbers, draws, shoppers,
goods)`.
"""
