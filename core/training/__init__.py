"""From a config to a published run.

command      the command line: train.py, `fencepost train`, and what starts a job
check        what train.py --check says of a data set; estimate guesses how long it takes
config       one frozen dataclass; form and command line (options) are made from it
recipe       the story of one training: load, build, fit, predict, save
task         what the two ways to fit share
finetune     all of the network, epoch by epoch; loop fits, checkpoint keeps an epoch
frozen       the head alone, on features; head fits it
predicting   a network trained elsewhere, as it is; trials of what it is shown
reporter     progress for terminal and dashboard
limits       what a machine can run out of
shipped      makes the run that ships with Fencepost
jobs         one training in the background
"""
