"""What breaks Fencepost: kills, full disks, damaged runs, hostile links and requests.

    python -m benchmarks.campaign              all parts, about half an hour on two quiet cores
    python -m benchmarks.campaign --short      each part in its short form, as the tests run it
    python -m benchmarks.campaign damage       one part

world      a run on drawn pictures, a fix, a concept: what there is to lose
changes    whatever changes the artifacts, a call each, and what must hold afterwards
refusals   a disk that is full or read-only at every single write of every change
forks      processes of their own, which take their memory with them
kills      kill -9 at random moments, and around the moment in which a run is published
damage     runs and tables that are damaged, odd or hostile; values: what is put there
pages      those runs over all pages, and hostile addresses of pages
requests   fuzzed requests to the routes of images, maps, cells and uploads
"""
