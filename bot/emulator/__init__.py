"""A local LINE platform: demo, tests and benchmarks run the very code of production; only the host name differs.

It speaks LINE's HTTP, keeps LINE's promises and breaks what LINE does not promise. It never imports the bot's own rooms
(database, handlers, LINE client): two readings of the same documents find each other's mistakes, one does not.
"""
