"""The three acts of an event: evening (show and ordering), night (sorting and driving), day (collection and after-sales)."""
