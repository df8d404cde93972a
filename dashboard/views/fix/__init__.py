"""Repairs of the head."""
