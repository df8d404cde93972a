"""All that a person has in work: selection, picks, drafts, fixes, what is not saved yet."""
