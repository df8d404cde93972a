"""A concept learned from a few picked images.

direction     the direction that tells them apart, and how well
picking       the same from picked images of a run
space         the features made ready for it
permutation   whether the picks share more than random picks do
refinement    the direction sharpened by the images that nobody picked
"""
