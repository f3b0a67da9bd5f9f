"""Learning the statistical layer from the labelled texts in flows/understanding/texts; not part of what is served."""
