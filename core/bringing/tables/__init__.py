"""A table of predictions, made anywhere by anything, as a run: no network needed, and no torch.

columns    which columns hold the answers: one a class, one list, or the predicted class alone
frames     tables of a program (pandas, datasets) and arrays, as tables on disk are read
classes    the names of the classes, and which of them labels and predictions mean
answers    probabilities from what the columns hold
slips      what people get wrong about them: logits, percent, a sigmoid, softmax twice
images     where its images lie
reading    all of a table understood, before anything is written
understood what is asked, and what was understood
seen       features of its images by a network that stands in; this alone needs torch
publishing a table as a run; the same one only once
measuring  brightness, contrast and sharpness of its images, afterwards
"""
