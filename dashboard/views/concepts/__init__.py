"""Something visible that images share."""
