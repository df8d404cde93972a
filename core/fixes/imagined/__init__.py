"""What images would look like with a concept that they lack.

presence     who shows a concept, class by class
transplant   in feature space
overlay      in pixels, seen by the network
pasting      what of an image stands out, and its paste over others
"""
