"""Every image of a data set through the network once.

decoding     every image read once, at the scale the network needs, and measured
batches      the images of a split as training takes them
extraction   the features of every image
cache        features kept, for every head that follows
stand_in     features by another network, where the one that predicted gives none
scoring      what a head says of features: probabilities and the table
network      the network of a run, opened again
"""
