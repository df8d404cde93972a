"""What images would look like with a concept that they lack.

presence     who shows a concept, class by class
transplant   in feature space
overlay      in pixels, seen by the network
moves        what a cue of each kind does to pixels; pasting: what of an image stands out
likeness     which of these moves makes images that are like true ones
kept         what the network saw of such images, for the next fix
looks        the kept         what the network saw of such images, for the next fix
looks of the concepts of one stack, each learned once
"""
