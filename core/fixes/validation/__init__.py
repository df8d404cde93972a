"""What validation rewards, and what it can say of a fix.

examination what a stack is judged by: real images, imagined ones, and never its own move alone
objective   the score of a head on validation
checking    what validation can say, and what it cannot
"""
