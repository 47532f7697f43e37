"""Decks: what a board reads, page by page, one message a page. HTML, slides and workbook are made of them."""
