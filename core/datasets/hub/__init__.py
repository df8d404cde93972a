"""Data sets in Hugging Face's layouts: `hf:/path` and `hf:owner/name`, without its library.

shards       Parquet and Arrow files: their rows, and one value at a time
images       one image of them at a time
features     which column is the image, which the label, and what its classes are called
layout       which file is of which split
imagefolder  folders of images beside a metadata.csv
dataset      the data set in one of these
named        what may follow `hf:`
download     one from the hub
"""
