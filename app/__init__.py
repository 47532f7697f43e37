"""Both front doors: the command line and, later, the browser. They parse, ask `sim` and show."""
