"""What the pictures themselves are like, found without a network: candidates for a cause.

pixels     tint, vivid colours, corners, edges and blocks of one picture
heads      what the file of a picture says: its size, its format, the camera
measured   the same of many images of a run, kept once measured
wording    what more and less of each is called
"""
