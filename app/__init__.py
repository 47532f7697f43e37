"""The front door: the command line. It parses, asks `sim` and shows."""
