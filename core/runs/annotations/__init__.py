"""What people say of a run, kept beside its folder, which never changes.

beside           the file that each of them is
channel_marks    whether what a channel sees belongs to a class
looks_at_test    how often test was looked at while fixing
"""
