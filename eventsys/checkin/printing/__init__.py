"""How a badge reaches paper: what is drawn for which printer, and the two ways in which printers are spoken to."""
