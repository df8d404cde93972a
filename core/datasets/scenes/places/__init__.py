"""Where the drawn scenes are: grounds, skies, nature, towns, and what stands about."""
