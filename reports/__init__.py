"""Tables as functions of (document, language), and the words of both languages."""
