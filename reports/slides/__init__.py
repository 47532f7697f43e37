"""A deck as PowerPoint: native charts and tables that may be edited, one message a slide."""

from reports.slides.deck import slides as slides
