"""Images in arrays: `npz:/path`, as Keras, MedMNIST and tutorials have them.

members    the arrays of an .npz file, memory-mapped
names      which of them is what: x_train, train_labels ...
pixels     an array's images by number, and what is white in them
dataset    the data set in one
"""
