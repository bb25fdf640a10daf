"""The GraphQL API beside what one could have instead: PostGraphile, and statements by hand.

organisations ──> rows ──> database (tables, indexes, functions)
      │                        │
   registry               statements, postgraphile      the subjects: a process each
      └──────── questions, variables ────────┘          the same six questions to all of them
                    checking                            that all give the same answers
                 rounds ──> report                      who answers how fast, and what was aimed at
"""
