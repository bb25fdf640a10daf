"""Text search: from the texts of organisations to who is meant by a few words, how well, and why.

folding ── how spellings are made alike
words ── what of a text is looked for, and what is asked for
forms ── singulars and plurals
postings ── who has a word, and where
correcting ── words a slip or two away
lexicon ── all words with their postings
titles, numbers, categories ── what is known besides words
index ── all of it, kept in step with the organisations
matching ── what a word that is asked for may mean
scoring ── what that is worth
explaining ── the same for one organisation, told in words
suggesting ── what somebody may be about to type
"""
