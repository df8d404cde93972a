"""Figures made of a predictions table, each with its interval or its exact test.

classification   accuracy, the report, errors per class, confusions
intervals        the interval of a rate, and how both are written
statistics       two groups of numbers, two by two counts
paired           one paired change: fixed, broken, interval, McNemar
comparison       two runs on the same images
cells            which images entered and left a cell of the matrix
wording          a comparison in words
suspicions       what answers betray of how they were brought
"""
