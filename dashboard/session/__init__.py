"""All that a person has in work: selection, picks, drafts, fixes, what is not saved yet.

state             the run, the selection and the order in force: keys of the sidebar's widgets
navigation        ways to other pages and images
link              choices in the URL that no widget binds
picks             images picked anywhere
in_progress       one thing that a person makes of a run; what was left over of it
concept_draft     the concept that is being made; draft: what it is made of
fix_stack         the fixes that are being put together
evidence_reviews  what was accepted and rejected of other images
unsaved           the files in which all that outlives a reload
actions           what a page does to runs and jobs
cached            answers that every page asks for
"""
