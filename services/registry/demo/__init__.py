"""The demo: a made-up ecosystem over the communes of Wallonia, with the figures of the strategy paper.

    recipes ──> ecosystem ──> load
       │  companies, start_ups, exports, spaces, funding, support   what each kind of organisation is made of
       │  names, places, texts, words                               what all are made of
       │  distribution                                              the figures, spread over the companies
       └─ lifecycle                                                 how each came to its state

No person, company or number in it is real; `figures` recomputes the paper's figures from it.
"""
