"""Goals for discharge in the chart: shown beside the scores, never among them."""
