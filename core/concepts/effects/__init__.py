"""What a concept does: where it occurs, whose errors it goes with, what its removal changes.

error_rates    where it occurs, and the errors with and without it
erasure        it taken out of features
intervention   what that changes, beside random images
compared       which images of a comparison show it
"""
