"""What may be wrong with the images themselves.

duplicates   the same pixels under two names
"""
