"""The workbench in the browser: one file a page, each asks the model and shows what `reports` makes of it."""
