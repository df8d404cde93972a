"""The demo's picture book: who draws what.

planting   which image gets which trait: class, wrong label, fence, near duplicate, ...
scene      one picture from start to end: place, light, subject, companion, fence, grain
canvas     paper and pen: smooth shapes, drawn large and reduced
colours    colours and how they are mixed; the coats that the animals share
fences     chain link, square mesh, bars
subjects   one file a class, a `POSES` table and the drawings that it names; poses.py, limbs.py
places     every place by its name, and what it is made of: sky, nature, town, grounds, props
"""
