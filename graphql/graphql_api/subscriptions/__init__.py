"""Subscriptions: changes of the log as they come, over WebSocket (graphql-transport-ws) and server-sent events.

window     the newest entries, handed on by the read model: what subscribers that keep up read
past       older entries, from the log itself
wanted     which entries a subscriber asked for, and what each did to the organisation's place in the filter
following  one subscriber's way through the log
hub        all of them, in bounds
running    a subscription under way: from changes to results
sharing    one execution for all who ask the same of a change
messages, sockets, connection, operating
           the protocol graphql-transport-ws
event_stream
           GraphQL over SSE
"""
