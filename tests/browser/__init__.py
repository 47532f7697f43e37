"""Real pages in a real browser."""
