"""The sidebar: run, selection, ranges, what the URL holds of them; training and first start."""
