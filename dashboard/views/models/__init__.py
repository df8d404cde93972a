"""Runs and training."""
