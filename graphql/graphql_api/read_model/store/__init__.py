"""Where records are kept: as bytes, most of them in one file that all processes of a machine map.

blobs ── one organisation as bytes, and reading single things of it
vocabulary ── terms as small numbers
files ── the file: opened, checked, searched
writing ── the file: written
packing, packing_apart ── its blobs compressed, here or by a process of their own
folder ── which file it is, and when it takes the place of another
table ── which record an ordinal has
"""
