"""Charts as Plotly figures: what the browser and the HTML report show."""

from reports.plots.figure import figure_of as figure_of
