"""Networks: a backbone and a linear head, where they run, and what they are shown.

classifier    torchvision's and timm's networks by name, and the small one of the demo
onnx_networks, huggingface_networks   networks in .onnx files and folders of Hugging Face
published     networks as their own library builds them, as a call
trained       a network with its own head, from a file
weights       state dicts read without pickle, matched name by name
transforms    the train and the eval transform side by side
device        where to compute, and in which precision
distributed   the processes of one training that torchrun started
lazy_torch    torch loaded while other threads compute
"""
