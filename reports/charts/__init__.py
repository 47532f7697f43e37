"""Charts: (document, language) → what is shown, as data. Pages, slides and workbooks draw the same ones."""
