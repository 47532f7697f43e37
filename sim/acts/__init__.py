"""The three acts of an event.

Evening (show and ordering), night (sorting and driving), day (collection and after-sales).
"""
