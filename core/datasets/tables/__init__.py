"""Tables of images, as people have them: CSV, TSV, Parquet, JSON lines.

reading    a table on disk: its columns, read when they are asked for
text       separator, encoding and header of a table in text
roles      which column is the path, the label, the split ...: guessed, or said
one_hot    a column a class, as competitions ship them
labels     the label of each row; splits what a column says of splits
metadata   the further columns, as a run keeps them
left_out   rows that are no image, by reason
places     where the images lie that a table names; finding looks for one
listed     a data set of them: `csv:/path/labels.csv`
named      what a data set's name says beside its path: `?images=/data&label=breed`
"""
