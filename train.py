"""Train an image classifier and leave one run in artifacts/, for the dashboard to read.

python train.py                                       STL-10, ResNet-50, the notebook's recipe
python train.py --dataset demo                        drawn pictures, two minutes on a CPU
python train.py --dataset folder:/data --mode head    your photographs, without a GPU
python train.py --resume                              go on after an interruption
torchrun --nproc-per-node 4 train.py                  the same on four GPUs

The command itself is core/training/command.py, which `fencepost train` calls too.
"""

import sys

from core.training.command import main

if __name__ == "__main__":
    sys.exit(main())
