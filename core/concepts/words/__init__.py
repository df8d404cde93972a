"""Picks suggested by a phrase, where a model that knows texts and images is at hand.

suggestion   the training images nearest to a phrase
clip         that model: pictures and texts as vectors of one space
"""
