"""The font of pictures and printed pages, with its licence."""
