"""Trees of image files, a folder a class, as people have them.

folder      the data set in one: split, classes, images
layout      which folders are splits and which are classes
ambiguity   trees that can be read in two ways
folders     what a folder holds
names       names of splits and classes, compared as people mean them
listing     the image files of a folder, links followed
left_out    what is no image, counted by reason
"""
