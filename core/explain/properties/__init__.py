"""What the pictures themselves are like, found without a network: candidates for a cause.

pixels      tint, vivid colours, corners, edges and blocks of one picture
heads       what the file of a picture says: its size, its format, the camera
measured    the same of many images of a run, kept once measured
candidates  these, and what else is known of images, made ready to be compared
likeness    how much images look like the errors in them
wording     what more and less of each is called
"""
