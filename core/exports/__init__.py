"""A run's network taken home: in the form that it came in, with the lines that load it, and proof.

forms     every form in one dict: what it writes, and which runs have it
states    the state dict of a network, under the names that its library or its file has
script    load.py, which lies beside what was written and needs nothing of Fencepost
shown     of it, what the network is shown of a picture
exporting one run in one form, whole or not at all
proof     200 test images through what was written, in a process of its own
"""
