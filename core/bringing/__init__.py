"""Networks and images that are objects of somebody's own program: their answers become a run.

modules    any torch module asked once; its features from the linear layer that makes its output
pictures   the images behind any data set: its own files, or copies that are stored
kept       what of the network stays in the run
evaluated  all together, published
tables     a table of predictions, without its network
"""
