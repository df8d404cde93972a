"""What validation rewards, and what it can say of a fix.

objective   the score of a head on validation
checking    what validation can say, and what it cannot
"""
