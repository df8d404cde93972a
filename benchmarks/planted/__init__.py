"""Photographs with cues planted in them, for insight.py: what is drawn, on what, and what is asked.

drawing      masks, pastes and textures, all from a generator of random numbers
development  the cues that methods may be developed on
reporting    other cues of the same kinds, only to report on
sets         which cue on which photographs; the folders and the runs made of them
asking       what Explain, a concept and the fix that is offered first make of a run
nothing      how often a cause is claimed where errors are images drawn by chance
"""
