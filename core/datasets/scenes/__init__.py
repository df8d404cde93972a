"""The demo's picture book: who draws what.

planting.py    which image gets which trait: class, wrong label, fence, near duplicate, ...
scene.py       one picture from start to end: place, light, subject, companion, fence, grain
canvas.py      paper and pen: smooth shapes, drawn large and reduced
colours.py     colours and how they are mixed; the coats that the animals share
poses.py       what a pose is: a drawing, where it may stand, how often it comes
sky.py         time of day, season and weather
places.py      every place by its name
nature.py      meadow, forest, beach, sea, hills, air
town.py        yard, zoo, road, street, harbour, runway
grounds.py     what places begin with: sky over ground, water, tarmac
props.py       trees, bushes, rocks, houses, clouds and grass that places are furnished with
limbs.py       legs, eyes and ears that the animals share
fences.py      chain link, square mesh, bars
airplanes.py birds.py cars.py cats.py deer.py dogs.py horses.py monkeys.py ships.py trucks.py
               one class each: a `POSES` table, and the drawings that it names
"""
