"""The predictions table: one row an image, every split.

schema           its columns: dtypes, and what follows from the probabilities
predictions      what it is: built, checked, written, read
metadata         further columns, from the data set
table_files      where it lies: a file, a folder of parts, object storage
footers          what the footers of its files tell before a row is read
told             what is told of it before it is read
contradictions   what it says against itself, found by reading all of it once
"""
