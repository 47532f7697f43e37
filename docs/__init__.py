"""The documentation, and what writes its generated pages. Not part of the installed packages."""
