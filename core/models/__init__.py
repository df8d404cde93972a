"""Networks: a backbone and a linear head, where they run, and what they are shown.

classifier    torchvision's and timm's networks by name, and the small one of the demo
trained       a network with its own head, from a file
weights       state dicts read without pickle, matched name by name
transforms    the train and the eval transform side by side
device        where to compute, and in which precision
distributed   the processes of one training that torchrun started
lazy_torch    torch loaded while other threads compute
"""
